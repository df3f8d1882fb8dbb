"""The edges of a window and of a day, which a simulated fleet meets by chance only."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from headcount.contract import Arrival, Profile, Release
from headcount.questions import Query, ask
from tests.support.loaded import empty_warehouse

UNTIL = date(2026, 10, 31)
OLD, NEW = (Profile("stock", "basic", buildbot=Release(4, minor, 0)).canonical() for minor in (2, 3))


def _at(day: str, hour: int = 12) -> int:
    return int(datetime.fromisoformat(f"{day}T{hour:02}:00:00").replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(("old", "new"), [(1, 2), (2, 1)])
def test_the_last_report_of_a_day_counts(old: int, new: int) -> None:
    """Whatever the pseudonyms of the two profiles are, and in whichever order they are loaded."""
    arrivals = [Arrival(_at("2026-10-02", 18), 7, new, NEW), Arrival(_at("2026-10-02", 6), 7, old, OLD)]
    with empty_warehouse() as warehouse:
        warehouse.load(arrivals, inbox="a", through=2)
        for basis in ("alive", "seen"):
            answer = ask(warehouse, Query("versions", by="buildbot.release", basis=basis), today=UNTIL)
            assert [row["version"] for row in answer.rows] == ["4.3.0"]


def test_new_is_thirty_days() -> None:
    """The day of the answer is one of them."""
    arrivals = [Arrival(_at(day), n, 1, OLD) for n, day in enumerate(["2026-10-01", "2026-10-02", "2026-10-31"], 1)]
    with empty_warehouse() as warehouse:
        warehouse.load(arrivals, inbox="a", through=3)
        states = {row["state"]: row["installations"] for row in ask(warehouse, Query("installs"), today=UNTIL).rows}
    assert states == {"alive": 3, "confirmed": 0, "unconfirmed": 3, "new": 2, "set apart": 0, "lapsed": 0}
