"""Each ClickHouse of the suites with the rows of a warehouse, twice and unmerged, as an interrupted loader delivers them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from headcount.warehouse.clickhouse._connection import ClickHouse
from headcount.warehouse.clickhouse._schema import TABLES, shard, single
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.clickhouse import NAME, Cluster, clickhouse_missing
from tests.support.engines import ChdbEngine
from tests.support.loaded import names, rows
from tests.support.requires import require


@contextmanager
def recent(warehouse: DuckWarehouse, directory: Path) -> Iterator[ChdbEngine]:
    """Yield a warehouse's rows in a ClickHouse of 2026, in this process (chDB)."""
    with closing(ChdbEngine(directory)) as engine:
        for statement in ["CREATE DATABASE headcount", "USE headcount", *single()]:
            engine.execute(statement)
        for table in TABLES:
            engine.execute(f"SYSTEM STOP MERGES {table}")
        _insert_twice(warehouse, engine)
        yield engine


@contextmanager
def cluster(warehouse: DuckWarehouse, directory: Path) -> Iterator[ClickHouse]:
    """Yield a warehouse's rows on two shards of ClickHouse 18.16; each row is on one of them."""
    require(clickhouse_missing())
    with Cluster(directory) as servers:
        for port in servers.ports:
            with closing(ClickHouse("127.0.0.1", port)) as node:
                for statement in shard(NAME, "headcount"):
                    node.execute(statement)
                node.execute("SYSTEM STOP MERGES")
        with closing(ClickHouse("127.0.0.1", servers.ports[0], "headcount")) as connection:
            _insert_twice(warehouse, connection)
            ((on_one,),) = connection.query("SELECT count() FROM sightings_local", {})
            assert 0 < int(str(on_one)) < 2 * len(rows(warehouse, "sightings"))
            yield connection


def _insert_twice(warehouse: DuckWarehouse, engine: ChdbEngine | ClickHouse) -> None:
    for table in TABLES:
        held = rows(warehouse, table)
        for _ in range(2):
            engine.insert(table, names(table), held)
        assert engine.query(f"SELECT count() FROM {table}", {}) == [(2 * len(held),)]
