"""Windows of whole weeks and months: where they end, and that no period of them is left out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime

import pytest

from headcount.contract import Profile
from headcount.ingest import Arrival
from headcount.questions import Answer, ask
from headcount.warehouse import DuckWarehouse

CONTENT = Profile("stock", "basic").canonical()
TODAY = date(2026, 11, 24)  # a Tuesday


def _arrival(day: date, install: int) -> Arrival:
    return Arrival(int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()), install, 1, CONTENT)


@pytest.fixture
def warehouse() -> Iterator[DuckWarehouse]:
    """One installation in January and another in November; nobody between."""
    with closing(DuckWarehouse(":memory:")) as made:
        made.load([_arrival(date(2026, 1, 5), 1), _arrival(date(2026, 11, 20), 2)], inbox="a", through=1)
        yield made


def _ask(
    warehouse: DuckWarehouse, by: str, since: date, until: date | None = None, where: str | None = None
) -> tuple[Answer, dict[object, object]]:
    answer = ask(warehouse, "installs", by=by, today=TODAY, since=since, until=until, where=where)
    return answer, {row["period"]: row["installations"] for row in answer.rows}


@pytest.mark.parametrize("where", [None, "level = basic"])
def test_a_period_in_which_nobody_reported_is_there(warehouse: DuckWarehouse, where: str | None) -> None:
    """With nobody in it: a gap in the reports must not look as if it were none."""
    months = _ask(warehouse, "month", date(2026, 1, 31), where=where)[1]
    assert months == {f"2026-{month:02}": int(month in {1, 11}) for month in range(1, 12)}
    weeks = _ask(warehouse, "week", date(2026, 1, 5), where=where)[1]
    assert list(weeks) == [f"2026-W{week:02}" for week in range(2, 49)]
    assert sum(map(int, map(str, weeks.values()))) == 2
    days = _ask(warehouse, "day", date(2026, 2, 27), date(2026, 3, 2), where=where)[1]
    assert days == {"2026-02-27": 0, "2026-02-28": 0, "2026-03-01": 0, "2026-03-02": 0}


def test_no_window_ends_in_the_future(warehouse: DuckWarehouse) -> None:
    """It ends with its last whole period, or with the newest report or the day that was asked for, the later of the two."""
    assert _ask(warehouse, "month", date(2026, 9, 9))[0].until == TODAY
    assert _ask(warehouse, "week", date(2026, 9, 9))[0].until == TODAY
    assert _ask(warehouse, "month", date(2026, 9, 9), date(2026, 11, 3))[0].until == date(2026, 11, 20)
    assert _ask(warehouse, "month", date(2026, 9, 9), date(2026, 10, 3))[0].until == date(2026, 10, 31)
    first = _ask(warehouse, "month", date(2026, 9, 9))[0]
    assert first.since == date(2026, 9, 1)
    assert f"2026-09-01 to {TODAY} (UTC)" in first.caption()


def test_a_window_of_no_data_ends_today() -> None:
    """Where nobody knows how new the data is, as where there is none."""
    with closing(DuckWarehouse(":memory:")) as empty:
        answer, months = _ask(empty, "month", date(2026, 10, 1))
        assert (answer.until, months) == (TODAY, {"2026-10": 0, "2026-11": 0})
