"""Real servers whose clock steps while they run: nobody is refused, and nothing is lost."""

from __future__ import annotations

import contextlib
import itertools
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from headcount.server.data.clock import vocabulary_time
from tests.support.command import headcount
from tests.support.reports import PHONE_HOME, REPORTS, report
from tests.support.serving import Served, serving
from tests.support.stepped import SteppedClock, need_faketime, serving_stepped
from tests.support.waiting import wait_until

pytestmark = pytest.mark.ci

DAY = 86_400

_asked = itertools.count(1)


def _send(server: Served, *installs: int) -> None:
    """Send reports, of each number one to each endpoint."""
    for install in installs:
        own = {**report(install)["headcount"], "report": f"{install:032x}"}
        assert server.post(REPORTS, report(install, headcount=own)).status == 202
        stock = report(10_000 + install)
        del stock["headcount"]
        assert server.post(PHONE_HOME, stock).status == 200


def _today() -> date:
    return datetime.now(UTC).date()


def _days(server: Served) -> dict[str, int]:
    """How many installations were seen on each of the last days; a question that was not asked before, so not kept."""
    today = _today()
    rows = server.ask("installs", by="day", since=str(today - timedelta(40 + next(_asked))), until=str(today))["rows"]
    return {row["period"]: row["installations"] for row in rows if row["installations"]}


def _wait_for(server: Served, count: int) -> None:
    """Wait until so many were seen today: a clock that was put right may be believed a minute later."""

    def seen() -> bool:
        return _days(server).get(str(_today())) == count

    for _ in range(3):
        with contextlib.suppress(AssertionError):
            return wait_until(seen, f"{count} installations were seen today")
    return wait_until(seen, f"{count} installations were seen today")


def _doctor(data: Path) -> str:
    return headcount("doctor", "--data", data).stdout


@pytest.mark.parametrize(
    "off",
    [
        "-20000d",
        *(pytest.param(off, marks=pytest.mark.soak) for off in ("+9h", "-9h", "+1200d", "-1200d")),
    ],
)
def test_a_clock_that_steps_for_seconds(tmp_path: Path, off: str) -> None:
    """Ahead or behind, by hours or years: reports are taken, have their day, and all that was held is there."""
    need_faketime()
    clock = SteppedClock(tmp_path / "clock")
    data = tmp_path / "data"
    assert headcount("simulate", "--installs", "60", "--days", "40", "--seed", "3", "--into", data).returncode == 0
    with serving_stepped(clock, data, tmp_path / "stderr") as server:
        held = _days(server)
        assert sum(held.values()) > 20
        today = str(_today())
        before = held.pop(today, 0)
        _send(server, 1)
        _wait_for(server, before + 2)
        clock.set(off)
        _send(server, *range(2, 8))
        _wait_for(server, before + 14)
        assert "set the clock right" in _doctor(data)
        assert server.request("GET", "/readyz").status == 200
        clock.set("+0")
        _send(server, 8)
        _wait_for(server, before + 16)
        assert {day: count for day, count in _days(server).items() if day in held} == held
        assert "set the clock right" not in _doctor(data)
        assert server.stop() == ""


@pytest.mark.soak
def test_a_server_that_is_started_under_a_clock_that_is_wrong(tmp_path: Path) -> None:
    """It reckons on from what the last server noted, and so does an ingest process beside it."""
    need_faketime()
    data = tmp_path / "data"
    with serving(data, tmp_path / "stderr") as server:
        _send(server, 1)
        _wait_for(server, 2)
    for number, off in ((1, "+1200d"), (2, "-1200d")):
        clock = SteppedClock(tmp_path / "clock", off)
        with (
            serving_stepped(clock, data, tmp_path / "stderr") as server,
            serving_stepped(clock, data, tmp_path / "stderr of ingest", "ingest") as beside,
        ):
            _send(server, 10 * number)
            _send(beside, 10 * number + 1)
            _wait_for(server, number * 6)
            clock.set("+0")
            _send(beside, 10 * number + 2)
            _wait_for(server, number * 6 + 2)
            assert list(_days(server)) == [str(_today())]


@pytest.mark.soak
def test_a_first_server_whose_clock_is_not_set(tmp_path: Path) -> None:
    """In 1970, as at the boot of a machine without a battery: a minute after its clock is right, all has its day."""
    need_faketime()
    clock = SteppedClock(tmp_path / "clock", "@1970-01-01 00:00:10")
    with serving_stepped(clock, tmp_path / "data", tmp_path / "stderr") as server:
        _send(server, 1, 2)
        clock.set("+0")
        _send(server, 3)
        _wait_for(server, 6)
        assert list(_days(server)) == [str(_today())]
        assert server.stop() == ""


@pytest.mark.soak
@pytest.mark.parametrize("days", [3650, -3])
def test_a_first_server_that_is_put_right(tmp_path: Path, days: int) -> None:
    """Ahead or behind from the first look: who reported then is held, and who reports from then on has their day.

    Behind the vocabulary's day it is known to be wrong, and who reported then has their day too.
    """
    need_faketime()
    is_known_wrong = time.time() + days * DAY < vocabulary_time()
    clock = SteppedClock(tmp_path / "clock", f"{days:+}d")
    with serving_stepped(clock, tmp_path / "data", tmp_path / "stderr") as server:
        _send(server, 1)
        server.wait_for_installations(2)  # a stock report has its time a moment after its answer
        clock.set("+0")
        _send(server, 2)
        _wait_for(server, 4 if is_known_wrong else 2)
        found = headcount("lookup", f"{1:040x}", "--data", tmp_path / "data")
        assert found.returncode == 0, found.stderr
        assert server.stop() == ""
