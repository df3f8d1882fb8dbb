"""Fuzzes both endpoints: ``python -m tests.ingest.fuzz DIR RUNS``. Coverage of our code guides atheris (libFuzzer).

What is fuzzed is the real application over a real inbox in DIR, in this process. An input's first byte chooses the encoding
and how the body is cut; the rest is the body, as it is or gzipped. Every other change of an input is one of the structure of
a report, so that many get as far as a report may. Ends with one line of JSON: how many inputs, statuses by
path, and the largest resident memory, in MiB.
"""

from __future__ import annotations

import asyncio
import copy
import gzip
import json
import logging
import os
import random
import resource
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["headcount"]):
    from headcount.contract import PHONE_HOME_PATH, REPORTS_PATH
    from headcount.ingest import Gate, Inbox, Ingest, Pseudonymizer, Writer

from tests.support import captures
from tests.support.exchanges import call
from tests.support.reports import REPORT

_HONEST = {REPORTS_PATH: {202, 400, 413}, PHONE_HOME_PATH: {200}}
_ENCODINGS = ("", "gzip", "identity", "br")
_MOST = 512  # MiB of memory, beyond which libFuzzer calls it a failure


class Fuzz:
    """Sends what atheris makes, and counts."""

    def __init__(self, directory: Path, runs: int) -> None:
        self._runs = runs
        self._inbox = Inbox(directory / "inbox.sqlite")
        self._writer = Writer(self._inbox)
        self._app = Ingest(self._writer, Pseudonymizer(b"k" * 32), lambda: 1_790_000_000.0, Gate(0, (), 64))
        self._loop = asyncio.new_event_loop()
        self._counted: Counter[str] = Counter()
        self._errors = _Errors()
        logging.getLogger().addHandler(self._errors)

    def one(self, data: bytes) -> None:
        """One input, to both endpoints."""
        choice, body = (data[0], data[1:]) if data else (0, b"")
        encoding = _ENCODINGS[choice & 3]
        if choice & 4:
            body = gzip.compress(body, 1)
        cut = len(body) * (choice >> 4) // 16
        chunks = [part for part in (body[:cut], body[cut:]) if part]
        headers = {"Content-Encoding": encoding} if encoding else {}
        for path in (REPORTS_PATH, PHONE_HOME_PATH):
            status, _, _ = self._loop.run_until_complete(
                call(self._app, path, chunks, headers, cut_off=choice & 12 == 12)
            )
            if status:
                assert status in _HONEST[path], (path, status)
            self._counted[f"{path} {status}"] += 1
        assert not self._errors.seen, self._errors.seen
        self._counted["inputs"] += 1
        if self._counted["inputs"] % 20_000 == 0:
            self._inbox.forget(1 << 60)
        if self._counted["inputs"] == self._runs:
            self._end()

    def _end(self) -> None:
        self._writer.stop()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        sys.stdout.write(json.dumps({**self._counted, "memory_mib": memory}) + "\n")
        sys.stdout.flush()
        os._exit(0)  # libFuzzer has no end of its own that would run anything


_ODD: tuple[object, ...] = (
    None, True, False, 0, -1, 1, 1.5, 2**63, 10**400, float("nan"), float("inf"), "", "custom", ">custom", ">>>a.B",
    "\ud800", "\0", "é" * 300, "4.3.0", "1" * 400, "0" * 40, "0" * 32, [], {}, [[]], [["", 1]], {"": 1}, {"headcount": {}},
)  # fmt: skip


def _change(data: bytes, most: int, seed: int) -> bytes:
    """Change an input as libFuzzer does, or the structure of the JSON in it; or make one that is nearly a report of ours."""
    chance = random.Random(seed)
    what = chance.randrange(4)
    try:
        body = json.loads(data[1:]) if what == 0 else copy.deepcopy(REPORT) if what == 1 else None
    except (ValueError, RecursionError):
        body = None
    places = [*_places(body)]
    if not places:
        return bytes(atheris.Mutate(data, most))
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        holder, key = chance.choice(places)
        _change_at(holder, key, chance)
    changed = (data[:1] if what == 0 else b"\0") + json.dumps(
        body, separators=chance.choice(((",", ":"), None))
    ).encode()
    return changed if len(changed) <= most else bytes(atheris.Mutate(data, most))


_Holder = dict[str, object] | list[object]


def _places(value: object) -> Iterator[tuple[_Holder, str | int]]:
    """Every value within a value, as what holds it and where."""
    keys: Iterable[str | int] = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield value, key  # type: ignore[misc]  # one of the two
        yield from _places(value[key])  # type: ignore[index]


def _change_at(holder: Any, key: Any, chance: random.Random) -> None:
    """Put something else into a place, or beside it; a change before this one may have taken the place away."""
    if key not in (holder if isinstance(holder, dict) else range(len(holder))):
        return
    what = chance.randrange(4)
    if what == 0:
        del holder[key]
    elif what == 1 and isinstance(holder, list):
        holder.insert(key, holder[chance.randrange(len(holder))])
    elif what == 1:
        holder[chance.choice((key.upper(), key + "x", ">" + key, "schema", "", "installid"))] = holder[key]
    elif what == 2 and isinstance(holder[key], int):
        holder[key] = holder[key] * chance.choice((-1, 2, 10**6, 10**19))
    else:
        holder[key] = chance.choice(_ODD)


class _Errors(logging.Handler):
    """Remembers that something was logged as an error: a stock report that could not be read is one."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.seen = record.getMessage()


def main() -> None:
    """Fuzz until so many inputs were sent."""
    directory, runs = Path(sys.argv[1]), int(sys.argv[2])
    corpus = directory / "corpus"
    corpus.mkdir()
    seeds = [REPORT, *(body for _, body in captures.reports())]
    for number, seed in enumerate(seeds):
        for choice in (0, 5):
            (corpus / f"{number}-{choice}").write_bytes(bytes([choice]) + json.dumps(seed).encode())
    fuzz = Fuzz(directory, runs)
    atheris.Setup(
        [sys.argv[0], "-seed=1", "-max_len=8192", f"-rss_limit_mb={_MOST}", "-verbosity=0", str(corpus)],
        fuzz.one,
        custom_mutator=_change,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
