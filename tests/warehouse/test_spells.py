"""From when to when an installation was what: the table `spells`, against its definition, day by day."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.contract import Arrival
from headcount.fleet._window import alive_since
from headcount.warehouse import Warehouse
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.tables import PROFILES, START, day_of, everything, rows, spells_of
from tests.support.warehouses import Engine

_DAYS = st.one_of(st.integers(0, 6), st.sampled_from([31, 59, 90, 394, 395, 396, 397, 425, 426, 790, 800]))
_REPORTS = st.tuples(st.integers(3, 4), _DAYS, st.integers(0, 3) | st.just(86_399), st.integers(0, 2))
_BATCHES = st.lists(st.lists(_REPORTS, min_size=1, max_size=6), max_size=5)


def _arrivals(reports: list[tuple[int, int, int, int]]) -> list[Arrival]:
    return [
        Arrival(START + day * 86_400 + second, install, said + 1, PROFILES[said])
        for install, day, second, said in reports
    ]


def _spells(warehouse: Warehouse) -> list[tuple[object, ...]]:
    return rows(warehouse, "FROM spells ORDER BY ALL")


def _definition(arrivals: list[Arrival]) -> list[tuple[object, ...]]:
    last: dict[tuple[int, date, int], int] = {}
    for each in arrivals:
        key = each.install, day_of(each.received), each.profile
        last[key] = max(each.received, last.get(key, 0))
    return sorted(spells_of(last))


def _compare(engine: Engine, batches: list[list[tuple[int, int, int, int]]]) -> None:
    with closing(engine()) as warehouse:
        loaded: list[Arrival] = []
        for batch in map(_arrivals, batches):
            loaded += batch
            warehouse.load(batch, inbox="a", through=1)
            assert _spells(warehouse) == _definition(loaded)
        held = everything(warehouse)
        warehouse.rebuild()
        assert everything(warehouse) == held


@pytest.mark.ci
@settings(max_examples=15)
@given(_BATCHES)
def test_spells_are_what_was_reported(engine: Engine, batches: list[list[tuple[int, int, int, int]]]) -> None:
    """After each batch, in whatever order of days they come, with gaps of about 13 months; and a rebuild makes the same."""
    _compare(engine, batches)


@pytest.mark.soak
@settings(max_examples=2_000, derandomize=False)
@given(_BATCHES)
def test_spells_are_what_was_often_reported(engine: Engine, batches: list[list[tuple[int, int, int, int]]]) -> None:
    """The same, many more times."""
    _compare(engine, batches)


@pytest.mark.parametrize("order", ["first to last", "last to first", "at once"])
def test_the_last_report_of_a_day_decides_and_a_gap_ends_a_spell(warehouse: Warehouse, order: str) -> None:
    """One profile on two days around another; what is set again on the next day; and silence of more than 13 months."""
    reports = [(3, 0, 0, 0), (3, 10, 5, 1), (3, 10, 6, 0), (3, 20, 0, 1), (3, 21, 7, 0), (3, 500, 0, 0)]
    arrivals = _arrivals(reports)
    batches = {"first to last": [[each] for each in arrivals], "last to first": [[each] for each in arrivals[::-1]]}
    for batch in batches.get(order, [arrivals]):
        warehouse.load(batch, inbox="a", through=1)
    start = datetime.fromtimestamp(START, UTC).date()
    ends = [date(2027, 2, 21), date(2028, 6, 15)]
    assert _spells(warehouse) == [
        (3, 1, start, start + timedelta(19)), (3, 1, start + timedelta(21), ends[0]),
        (3, 1, start + timedelta(500), ends[1]), (3, 2, start + timedelta(20), start + timedelta(20)),
    ]  # fmt: skip


def test_what_is_erased_or_older_than_it_may_be_leaves_no_spell(warehouse: Warehouse) -> None:
    """Of what is held since, the spells are those of that alone; the doctor finds what does not agree."""
    warehouse.load(_arrivals([(3, 0, 0, 0), (3, 400, 0, 1), (4, 0, 0, 0), (4, 30, 0, 1)]), inbox="a", through=1)
    warehouse.erase([4], until=START + 86_400)
    start = datetime.fromtimestamp(START, UTC).date()
    assert [row[:3] for row in _spells(warehouse)] == [
        (3, 1, start), (3, 2, start + timedelta(400)), (4, 2, start + timedelta(30))
    ]  # fmt: skip
    warehouse.expire(start + timedelta(100), start)
    assert [row[:3] for row in _spells(warehouse)] == [(3, 2, start + timedelta(400))]


def test_what_is_held_already_gets_its_spells(tmp_path: Path) -> None:
    """A warehouse of before there were any comes to the same as one that always had them."""
    path = tmp_path / "warehouse.duckdb"
    with closing(DuckWarehouse(path)) as warehouse:
        warehouse.load(_arrivals([(3, 0, 0, 0), (3, 10, 0, 1), (4, 0, 0, 0), (4, 425, 0, 0)]), inbox="a", through=1)
        held = everything(warehouse)
        with warehouse.file.transaction() as cursor:
            cursor.execute(
                "DROP TABLE spells; DROP MACRO aliveUntil; DROP MACRO groupBitOr; DROP MACRO bitShiftLeft; "
                "DROP MACRO toUInt64; DELETE FROM migrations WHERE number = 4"
            )
    with closing(DuckWarehouse(path)) as warehouse:
        assert everything(warehouse) == held
        assert len(held["spells"]) == 4


def test_the_doctor_says_where_spells_are_lost(warehouse: Warehouse) -> None:
    """And what to do: a rebuild makes them again."""
    warehouse.load(_arrivals([(3, 0, 0, 0), (3, 10, 0, 1), (4, 0, 0, 0)]), inbox="a", through=1)
    assert isinstance(warehouse, DuckWarehouse)
    for damage in ("DELETE FROM spells WHERE install = 4", "UPDATE spells SET upto = upto - 1 WHERE profile = 2"):
        with warehouse.file.transaction() as cursor:
            cursor.execute(damage)
        assert any("doctor --rebuild" in text for good, text in warehouse.examine(START + 900_000) if not good)
        warehouse.rebuild()
        assert all(good for good, _ in warehouse.examine(START + 900_000))


def test_who_was_seen_on_a_day_is_alive_until_the_inverse(warehouse: Warehouse) -> None:
    """On all days of five years, leap days and the ends of months too."""
    first = date(2023, 1, 1)
    days = [first + timedelta(days=number) for number in range(5 * 366)]
    with warehouse.snapshot() as snapshot:
        found = snapshot.query(
            "SELECT DATE '2023-01-01' + n, aliveUntil(CAST(DATE '2023-01-01' + n AS DATE)) "
            "FROM (SELECT unnest(range(5 * 366))::INTEGER AS n) ORDER BY n",
            {},
        )
    expected = []
    for day in days:
        until = day + timedelta(days=390)
        while alive_since(until + timedelta(days=1)) <= day:
            until += timedelta(days=1)
        expected.append((day, until))
    assert found == expected
