"""The table `spells` in DuckDB: that an older file gets it, that the doctor finds what it lost, and its macro."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from headcount.contract import Arrival
from headcount.fleet._window import alive_since
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.contents import everything, rows
from tests.support.loaded import empty_warehouse
from tests.support.tables import PROFILES, START


@pytest.fixture
def warehouse() -> Iterator[DuckWarehouse]:
    """An empty warehouse in memory."""
    with empty_warehouse() as opened:
        yield opened


def _arrivals(reports: list[tuple[int, int, int]]) -> list[Arrival]:
    return [Arrival(START + day * 86_400, install, said + 1, PROFILES[said]) for install, day, said in reports]


def test_what_is_held_already_gets_its_spells(tmp_path: Path) -> None:
    """A warehouse of before there were any comes to the same as one that always had them."""
    path = tmp_path / "warehouse.duckdb"
    with closing(DuckWarehouse(path)) as warehouse:
        warehouse.load(_arrivals([(3, 0, 0), (3, 10, 1), (4, 0, 0), (4, 425, 0)]), inbox="a", through=1)
        held = everything(warehouse)
        with warehouse.file.transaction() as cursor:
            cursor.execute(
                "DROP TABLE spells; DROP MACRO aliveUntil; DROP MACRO groupBitOr; DROP MACRO bitShiftLeft; "
                "DROP MACRO toUInt64; DELETE FROM migrations WHERE number = 4"
            )
    with closing(DuckWarehouse(path)) as warehouse:
        assert everything(warehouse) == held
        assert len(held["spells"]) == 4


def test_the_doctor_says_where_spells_are_lost(warehouse: DuckWarehouse) -> None:
    """And what to do: a rebuild makes them again."""
    warehouse.load(_arrivals([(3, 0, 0), (3, 10, 1), (4, 0, 0)]), inbox="a", through=1)
    for damage in ("DELETE FROM spells WHERE install = 4", "UPDATE spells SET upto = upto - 1 WHERE profile = 2"):
        with warehouse.file.transaction() as cursor:
            cursor.execute(damage)
        assert any("doctor --rebuild" in text for good, text in warehouse.examine(START + 900_000) if not good)
        warehouse.rebuild()
        assert all(good for good, _ in warehouse.examine(START + 900_000))


def test_who_was_seen_on_a_day_is_alive_until_the_inverse(warehouse: DuckWarehouse) -> None:
    """On all days of five years, leap days and the ends of months too."""
    first = date(2023, 1, 1)
    days = [first + timedelta(days=number) for number in range(5 * 366)]
    found = rows(
        warehouse,
        "SELECT DATE '2023-01-01' + n, aliveUntil(CAST(DATE '2023-01-01' + n AS DATE)) "
        "FROM (SELECT unnest(range(5 * 366))::INTEGER AS n) ORDER BY n",
    )
    expected = []
    for day in days:
        until = day + timedelta(days=390)
        while alive_since(until + timedelta(days=1)) <= day:
            until += timedelta(days=1)
        expected.append((day, until))
    assert found == expected
