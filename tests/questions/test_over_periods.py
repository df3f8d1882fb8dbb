"""Conditions over periods: judged at each, so that who upgrades is seen to, and nobody's past is today's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from headcount.contract import Arrival, Profile, Release
from headcount.questions import Answer, Query, ask
from headcount.warehouse.duckdb import DuckWarehouse

UNTIL = date(2026, 11, 25)  # in the middle of a week
OLD, NEW = Profile("stock", "basic", buildbot=Release(3, 11, 9)), Profile("stock", "basic", buildbot=Release(4, 3, 0))


@pytest.fixture(scope="module")
def warehouse() -> Iterator[DuckWarehouse]:
    """20 masters that report every Monday and Wednesday for eight weeks; each week two more upgrade, on the Wednesday."""
    arrivals = []
    for install in range(20):
        for week in range(8):
            for weekday in (0, 2):
                day = UNTIL - timedelta(days=2 + 7 * (7 - week)) + timedelta(days=weekday)
                moved = (week, weekday) >= (install // 2, 2)
                noon = int(datetime(day.year, day.month, day.day, 12, install, tzinfo=UTC).timestamp())
                arrivals.append(Arrival(noon, install + 1, 2 if moved else 1, (NEW if moved else OLD).canonical()))
    with closing(DuckWarehouse(":memory:", threads=1)) as made:
        made.load(sorted(arrivals), inbox="a", through=1)
        yield made


def _installs(warehouse: DuckWarehouse, by: str, where: str | None = None) -> Answer:
    since = UNTIL - timedelta(days=51)
    return ask(warehouse, Query("installs", by=by, since=since, where=where), today=UNTIL)


def _counts(answer: Answer) -> list[object]:
    return [row["installations"] for row in answer.rows]


def test_a_condition_is_judged_at_each_period(warehouse: DuckWarehouse) -> None:
    """A fall that everybody can see; today's matches followed back would be 4 in each week."""
    week = _installs(warehouse, "week", "buildbot < 4")
    assert _counts(week) == [18, 16, 14, 12, 10, 8, 6, 4]
    assert _counts(_installs(warehouse, "week", "buildbot >= 4")) == [2, 4, 6, 8, 10, 12, 14, 16]
    assert _counts(_installs(warehouse, "month", "buildbot < 4")) == [12, 4]
    mondays = [count for count in _counts(_installs(warehouse, "day", "buildbot < 4")) if count][::2]
    assert mondays == [20, 18, 16, 14, 12, 10, 8, 6]
    assert week.denominator == 20
    assert "seen in the window; `buildbot < 4` is judged by the last report of each in a week" in week.caption()


@pytest.mark.parametrize("by", ["day", "week", "month"])
def test_what_is_true_of_everybody_filters_nobody_out(warehouse: DuckWarehouse, by: str) -> None:
    """Neither those that were seen nor those that were new."""
    assert _installs(warehouse, by, "system = Linux or level = basic").rows == _installs(warehouse, by).rows
