"""The reports of a whole fleet over two years, as the loader gets them: in batches, in the order of time."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from random import Random
from typing import NamedTuple

from bench._fleet import UNTIL
from headcount.contract import REPORTS_PATH, Arrival, read_report, read_stock, vocabulary
from headcount.fleet import simulate
from headcount.ingest import Pseudonymizer, arrival

_EACH = 50  # reports of an installation at least

_DAYS = 730
_SLICE = 2_000  # masters that are simulated at a time
_SLICE_REPORTS = 115_000  # that come of them, under some 2,240 ids: there are containers and a flood among them
_BATCH = 20_000  # arrivals in one load, as the loader takes them


class Slice(NamedTuple):
    """The reports of some installations: when each came, of whom, with which profile; and what the profiles say."""

    times: array[int]
    installs: array[int]
    profiles: array[int]
    contents: dict[int, bytes]


def slices(reports: int) -> Iterator[Slice]:
    """About so many reports, simulated on all processors."""
    with ProcessPoolExecutor() as pool:
        yield from pool.map(_slice, range(max(1, round(reports / _SLICE_REPORTS))))


def in_order(parts: Iterable[Slice]) -> Iterator[list[Arrival]]:
    """All reports in batches, by time. Those of our reporter have ids of their own."""
    times, installs, profiles = array("I"), array("Q"), array("Q")
    contents: dict[int, bytes] = {}
    for part in parts:
        times += part.times
        installs += part.installs
        profiles += part.profiles
        contents |= part.contents
    with_id = {profile for profile, content in contents.items() if json.loads(content)["sender"] == "headcount"}
    ids = Random(1)
    order = sorted(range(len(times)), key=times.__getitem__)
    for start in range(0, len(order), _BATCH):
        yield [
            Arrival(
                times[at],
                installs[at],
                profiles[at],
                contents[profiles[at]],
                report=ids.getrandbits(63) if profiles[at] in with_id else 0,
            )
            for at in order[start : start + _BATCH]
        ]


def _slice(seed: int) -> Slice:
    made = Slice(array("I"), array("Q"), array("Q"), {})
    for received, one in _reports(seed):
        made.times.append(received)
        made.installs.append(one.install)
        made.profiles.append(one.profile)
        made.contents.setdefault(one.profile, one.content)
    return made


def _reports(seed: int) -> Iterator[tuple[int, Arrival]]:
    """Those of the simulation, filled up with starts at which nothing had changed."""
    known, pseudonymizer = vocabulary(), Pseudonymizer(b"b" * 32)
    read: dict[int, Arrival] = {}
    lives: dict[int, list[Arrival]] = {}
    for event in simulate(_SLICE, _DAYS, seed, UNTIL):
        body = {key: value for key, value in event.body.items() if key not in ("installid", "headcount")}
        key = hash(json.dumps([event.path, body]))
        if key not in read:
            report = (read_report if event.path == REPORTS_PATH else read_stock)(event.body, known)
            read[key] = arrival(report, "0" * 40, 0, pseudonymizer)
        install = pseudonymizer.install(str(event.body.get("installid", "none")))
        lives.setdefault(install, []).append(read[key]._replace(received=event.received, install=install))
    chance = Random(seed)
    for life in lives.values():
        yield from ((one.received, one) for one in life)
        for _ in range(_EACH - len(life)):
            before = chance.choice(life)
            yield before.received + chance.randrange(1, 30 * 86_400), before
