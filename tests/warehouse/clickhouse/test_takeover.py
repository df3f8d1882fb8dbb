"""Taking over what another warehouse knew: beside the same reports it comes to the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from headcount.contract import Arrival
from headcount.warehouse import TAKEN_OVER, Cells, Warehouse
from headcount.warehouse.clickhouse import Address, ClickHouseWarehouse
from tests.support.contents import contents
from tests.support.engines import duckdb
from tests.support.tables import ORIGINS, PROFILES, START

DAY = 86_400
FACTS = ("held since", "published", "published states")
APART = {"quarantine", "floods", "comebacks"}


@pytest.mark.ci
def test_what_is_taken_over_is_there_as_in_duckdb_and_once(address: Address, tmp_path: Path) -> None:
    """From a warehouse with erasures, a retention and publications; a second time changes nothing."""
    with (
        closing(duckdb(tmp_path / "source.duckdb")) as source,
        closing(duckdb()) as oracle,
        closing(ClickHouseWarehouse(address)) as warehouse,
    ):
        _fill(source, range(12))
        source.erase([1, 2], START + 200 * DAY, "erasure")
        source.rewrite(START + 201 * DAY)
        source.erase([3], START + 202 * DAY, "another")
        source.expire(date(2026, 2, 1), date(2026, 2, 1))
        source.publish("2026-W08", "{}", {4: 1})
        tables = _tables(source)
        for each in (oracle, warehouse):
            _fill(each, range(6, 14))
            each.take_over(tables)
        expected = _contents(oracle)
        assert _contents(warehouse) == expected
        receipts = {name: warehouse.receipt(name) for name in ("erasure", "another")}
        assert receipts == {name: source.receipt(name) for name in receipts}
        assert warehouse.publish("2026-W08", "[]", {5: 1}) == "{}"
        warehouse.take_over(tables)
        assert _contents(warehouse) == expected
        with warehouse.snapshot() as read:
            assert read.query("SELECT count(), uniqExact(receipt) FROM receipts", {}) == [(2, 2)]
            assert read.query("SELECT count() FROM documents", {}) == [(1,)]


def _fill(warehouse: Warehouse, weeks: range) -> None:
    arrivals = [
        Arrival(START + (week * 7 + install) * DAY, install, week % 2 + 1, PROFILES[week % 2], ORIGINS.get(install, 0))
        for week in weeks
        for install in range(1, 10)
    ]
    warehouse.load(arrivals, inbox="a", through=1)


def _contents(warehouse: Warehouse) -> object:
    return {name: rows for name, rows in contents(warehouse).items() if name not in APART}


def _tables(warehouse: Warehouse) -> Mapping[str, Sequence[Cells]]:
    with warehouse.snapshot() as read:
        found = {
            name: read.query(f"SELECT {', '.join(columns)} FROM {name}", {}) for name, columns in TAKEN_OVER.items()
        }
    return {**found, "facts": [row for row in found["facts"] if row[0] in FACTS]}
