"""The walk of a new field: a column that tables lack is added on every server, and an older Headcount is told."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from headcount.contract import Arrival, Profile
from headcount.warehouse import Warehouse, WarehouseUnavailable
from headcount.warehouse.clickhouse import ClickHouseWarehouse, _schema, _tables, read_address
from tests.support.clickhouse import NAME, PASSWORD, USER, Cluster, clickhouse_missing
from tests.support.requires import require

START = 1_790_000_000


def _rows(warehouse: Warehouse, sql: str) -> list[Any]:
    with warehouse.snapshot() as snapshot:
        return snapshot.query(sql, {})


def _arrival(install: int) -> Arrival:
    return Arrival(START, install, install, Profile("headcount", "basic").canonical())


@pytest.mark.ci
def test_a_new_field_is_a_column_of_every_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was held says nothing of it, as if it had not been answered; what loads goes on; an older Headcount refuses."""
    require(clickhouse_missing())
    with Cluster(tmp_path / "cluster") as cluster:
        address = read_address(f"clickhouse://{USER}@127.0.0.1:{cluster.ports[0]}/headcount?cluster={NAME}", PASSWORD)
        with closing(ClickHouseWarehouse(address)) as older:
            older.load([_arrival(install) for install in range(1, 9)], inbox="a", through=8)
            with monkeypatch.context() as patch:
                profiles = _schema.TABLES["profiles"]
                wider = profiles._replace(columns=f"{profiles.columns}, editor String")
                patch.setitem(_schema.TABLES, "profiles", wider)
                patch.setattr(_tables, "SCHEMA", _schema.SCHEMA + 1)
                with closing(ClickHouseWarehouse(address)) as newer:
                    assert newer.problem is None
                    assert _rows(newer, "SELECT DISTINCT editor FROM profiles") == [("",)]
            older.load([_arrival(9)], inbox="a", through=9)  # one that runs meanwhile goes on
            assert _rows(older, "SELECT count() FROM profiles") == [(9,)]
        with pytest.raises(WarehouseUnavailable, match="was written by a newer Headcount"):
            ClickHouseWarehouse(address)
