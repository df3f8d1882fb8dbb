"""The simulated fleet: equal for equal arguments, and like what it stands for."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import statistics
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest

import headcount
from headcount.fleet import Event, simulate
from headcount.fleet.simulation.installation import Installation, draw_installation

UNTIL = date(2026, 10, 31)
_SCRIPT = """
import hashlib
from datetime import date
from headcount.fleet import simulate
print(hashlib.sha256(repr(list(simulate(60, 400, 7, date(2026, 10, 31)))).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def events() -> list[Event]:
    """A fleet of 2,000 over two years."""
    return list(simulate(2000, 730, 1, UNTIL))


def test_equal_arguments_make_equal_fleets_in_every_process() -> None:
    """Also where texts hash otherwise."""
    here = hashlib.sha256(repr(list(simulate(60, 400, 7, UNTIL))).encode()).hexdigest()
    source = str(Path(headcount.__file__).parent.parent)
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": source}
        there = subprocess.run(
            [sys.executable, "-c", _SCRIPT], env=environment, capture_output=True, text=True, check=True
        )
        assert there.stdout.strip() == here
    assert list(simulate(60, 400, 8, UNTIL)) != list(simulate(60, 400, 7, UNTIL))


def test_a_larger_fleet_holds_the_smaller_one() -> None:
    """Each installation is drawn by itself, so that a fleet can grow without becoming another."""
    small = {event.body["installid"] for event in simulate(20, 300, 3, UNTIL) if "installid" in event.body}
    large = {event.body["installid"] for event in simulate(40, 300, 3, UNTIL) if "installid" in event.body}
    assert small < large


def test_reports_come_in_the_order_of_time_and_in_the_window(events: list[Event]) -> None:
    """None before the first day or after the last, and no two that differ of one installation in the same second."""
    times = [event.received for event in events]
    assert times == sorted(times)
    assert datetime.fromtimestamp(times[0], UTC).date() >= date(2024, 11, 1)
    assert datetime.fromtimestamp(times[-1], UTC).date() <= UNTIL
    said = {
        (event.received, event.truth.install, id(event.truth)) for event in events if event.truth.install is not None
    }
    assert len(said) == len({(received, install) for received, install, _ in said})


def test_an_installation_starts_three_times_a_year(events: list[Event]) -> None:
    """The median of those that live through both years under one id, crash loops and periodic reports left out."""
    begin = datetime(2024, 11, 1, tzinfo=UTC).timestamp()
    starts: defaultdict[str, set[int]] = defaultdict(set)
    for event in events:
        envelope = event.body.get("headcount")
        if event.truth.install and (not isinstance(envelope, dict) or envelope["reason"] == "start"):
            starts[event.truth.install].add(int(event.received - begin) // 86_400)
    kept = {one.install for one in _drawn() if one.identity == "kept"}
    of_age = [len(days) for install, days in starts.items() if min(days) < 365 and install in kept]
    assert 2.3 <= statistics.median(of_age) / 2 <= 3.7


def _drawn() -> list[Installation]:
    """The installations of the fleet, as they are drawn."""
    first, last = UNTIL.toordinal() - 729, UNTIL.toordinal()
    drawn = (draw_installation(random.Random(f"headcount/1/{number}"), first, last) for number in range(2000))
    return [one for one in drawn if one is not None]


def test_some_installations_crash_in_a_loop(events: list[Event]) -> None:
    """On one day, 20 to some 200 times; and few do."""
    days = Counter((event.truth.install, event.received // 86_400) for event in events if event.truth.install)
    loops = [count for count in days.values() if count >= 15]
    assert 5 <= len(loops) <= 60
    assert max(loops) <= 210


def test_the_fleet_has_every_kind_of_installation(events: list[Event]) -> None:
    """Both senders, all levels, born and gone in the window, upgrading, downgrading, never upgrading, nameless."""
    assert {event.truth.sender for event in events} == {"stock", "headcount"}
    assert {event.truth.level for event in events} == {"basic", "full", "custom"}
    assert any(event.truth.install is None for event in events)
    lives: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.truth.install is not None:
            lives[event.truth.install].append(event)
    assert 1700 <= len(lives) <= 2500  # some have several ids
    up = down = switched = 0
    for life in lives.values():
        releases = [_release(event) for event in life if "buildbot" in event.truth.versions]
        up += any(before < after for before, after in pairwise(releases))
        down += any(before > after for before, after in pairwise(releases))
        switched += len({event.truth.sender for event in life}) == 2
    assert up > 200
    assert 5 <= down < up / 3
    assert switched > 10


def test_ids_move_pass_and_are_made_up(events: list[Event]) -> None:
    """A container has one for each start, a flood many for one report: seen on one day, and so never confirmed."""
    days: defaultdict[str, set[int]] = defaultdict(set)
    for event in events:
        if event.truth.install is not None:
            assert event.body["installid"] == event.truth.install
            days[event.truth.install].add(event.received // 86_400)
    once = Counter(min(seen) for seen in days.values() if len(seen) == 1)
    floods = [day for day, count in once.items() if count >= 15]
    assert 3 <= len(floods) <= 30
    assert sum(once.values()) > sum(once[day] for day in floods) + 100


def _release(event: Event) -> tuple[int, ...]:
    return tuple(map(int, event.truth.versions["buildbot"].split(".")))


def test_what_is_private_leaks_from_stock_alone(events: list[Event]) -> None:
    """Stock sends names of classes, plugins and hosts, and a function's own key; our reporter and the truth have none."""
    leaks = {"stock": "", "headcount": ""}
    for event in {id(event.body): event for event in events}.values():  # many reports say the same
        leaks[event.truth.sender] += "".join(_private(json.dumps(event.body)))
    for truth in {id(event.truth): event.truth for event in events}.values():
        assert not _private(json.dumps(truth.to_dict()))
    assert leaks["headcount"] == ""
    for leak in (
        "ProjectManhattan",
        "AcmeLazy",
        "ProjectBluebird",
        "acme_secret",
        "corp.acme.com",
        "acmelinux",
        "site",
    ):
        assert leak in leaks["stock"]


_PRIVATE = re.compile(
    r'ProjectManhattan|AcmeLazy|ProjectBluebird|acme_secret|corp\.acme\.com|acmelinux|acme-projectX|"site"'
)


def _private(text: str) -> list[str]:
    return _PRIVATE.findall(text)


def test_releases_are_not_run_before_they_are_out() -> None:
    """No report of 2018 names a release of 2019, and there is no fleet before Buildbot 0.9.0."""
    assert max(_release(event) for event in simulate(300, 700, 1, date(2018, 12, 20))
               if "buildbot" in event.truth.versions) == (1, 6, 0)  # fmt: skip
    assert list(simulate(100, 365, 1, date(2016, 10, 5))) == []
