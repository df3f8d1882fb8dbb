"""Windows of whole weeks and months: where they end, and that no period of them is left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from headcount.contract import Arrival, Profile
from headcount.questions import Answer, Query, ask
from headcount.questions._windows import FIRST_DAY, LAST_DAY, Window, alive, alive_since, month_end
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.loaded import empty_warehouse

CONTENT = Profile("stock", "basic").canonical()
TODAY = date(2026, 11, 24)  # a Tuesday


def _arrival(day: date, install: int) -> Arrival:
    return Arrival(int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()), install, 1, CONTENT)


@pytest.mark.parametrize(
    ("until", "since"),
    [
        (date(2026, 10, 31), date(2025, 10, 1)),
        (date(2026, 10, 30), date(2025, 10, 1)),  # there is no 31 September
        (date(2026, 1, 15), date(2024, 12, 16)),
        (date(2026, 3, 30), date(2025, 3, 1)),
        (date(2025, 3, 29), date(2024, 3, 1)),
        (date(2025, 12, 31), date(2024, 12, 1)),
    ],
)
def test_who_was_seen_in_thirteen_months_is_alive(until: date, since: date) -> None:
    """They begin on the day after that of the same number, or after the end of its month where that is shorter."""
    assert alive_since(until) == since
    assert alive(until) == Window(since, until)


@pytest.mark.parametrize(
    ("until", "newest", "cut"),
    [
        (date(2026, 10, 31), None, date(2026, 11, 1)),
        (date(2026, 12, 31), date(2027, 3, 1), date(2027, 1, 1)),
        (date(2026, 10, 14), None, date(2026, 10, 1)),
        (date(2026, 10, 14), date(2026, 10, 15), date(2026, 10, 1)),
        (date(2026, 10, 14), date(2026, 10, 14), date(2026, 11, 1)),
        (date(2026, 10, 14), date(2026, 10, 2), date(2026, 11, 1)),
    ],
)
def test_the_sightings_of_a_month_that_is_cut_short_are_read(until: date, newest: date | None, cut: date) -> None:
    """From its first day on; none are read where the window holds all that there is of the month."""
    assert Window(date(2026, 1, 1), until).parameters(newest)["cut"] == cut.isoformat()


def test_a_statement_is_told_of_the_window() -> None:
    """Its first day and last, as days and in numbers, both of them within it; and when who is new was not yet there."""
    told = Window(date(2026, 10, 2), date(2026, 10, 31)).parameters(None)
    assert {name: told[name] for name in ("since", "until", "moment", "span", "recent")} == {
        "since": "2026-10-02", "until": "2026-10-31", "moment": 1_790_899_200, "span": 30, "recent": "2026-10-02"
    }  # fmt: skip


def test_a_window_is_widened_to_whole_periods() -> None:
    """Monday to Sunday, or the first of a month to its last; it is as it is for days."""
    window, newest = Window(date(2026, 10, 14), date(2026, 11, 4)), date(2027, 1, 1)  # Wednesdays
    assert window.widened("day", newest) == window
    assert window.widened("week", newest) == Window(date(2026, 10, 12), date(2026, 11, 8))
    assert window.widened("month", newest) == Window(date(2026, 10, 1), date(2026, 11, 30))
    whole = Window(date(2026, 10, 12), date(2026, 10, 18))
    assert whole.widened("week", newest) == whole
    assert [month_end(date(year, 2, 3)).day for year in (2024, 2026)] == [29, 28]


def test_a_century_can_be_asked_about() -> None:
    """Its first and last day, and none beyond them."""
    assert [day.isoformat() for day in (FIRST_DAY, LAST_DAY)] == ["2000-01-01", "2099-12-31"]


@pytest.fixture(scope="module")
def warehouse() -> Iterator[DuckWarehouse]:
    """One installation in January and another in November; nobody between."""
    with empty_warehouse() as made:
        made.load([_arrival(date(2026, 1, 5), 1), _arrival(date(2026, 11, 20), 2)], inbox="a", through=1)
        yield made


def _ask(
    warehouse: DuckWarehouse, by: str, since: date, until: date | None = None, where: str | None = None
) -> tuple[Answer, dict[object, object]]:
    answer = ask(warehouse, Query("installs", by=by, since=since, until=until, where=where), today=TODAY)
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
    with empty_warehouse() as empty:
        answer, months = _ask(empty, "month", date(2026, 10, 1))
        assert (answer.until, months) == (TODAY, {"2026-10": 0, "2026-11": 0})
