"""The conformance suite on a cluster of two old ClickHouses (18.16): every statement gives DuckDB's rows.

Each row is on one of its shards, twice and unmerged, as a loader that was interrupted delivers them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from headcount.questions import PublicTable
from headcount.warehouse.clickhouse._connection import ClickHouse
from headcount.warehouse.clickhouse._schema import TABLES, shard
from tests.support.clickhouse import NAME, Cluster, clickhouse_missing
from tests.support.conformance import Memory, cell_keys_agree, each, each_table, engine_agrees
from tests.support.loaded import Fleet, names, rows
from tests.support.requires import require
from tests.support.ways import LATEST, SELECTED, WAYS, Way


@pytest.fixture(scope="module")
def cluster(loaded: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memory]:
    """The fleet's rows over two shards of an old ClickHouse."""
    require(clickhouse_missing())
    with Cluster(tmp_path_factory.mktemp("cluster")) as servers:
        for port in servers.ports:
            with closing(ClickHouse("127.0.0.1", port)) as node:
                for statement in shard(NAME, "headcount"):
                    node.execute(statement)
                node.execute("SYSTEM STOP MERGES")
        with closing(ClickHouse("127.0.0.1", servers.ports[0], "headcount")) as connection:
            for table in TABLES:
                found = rows(loaded.warehouse, table)
                for _ in range(2):
                    connection.insert(table, names(table), found)
                assert connection.query(f"SELECT count() FROM {table}", {}) == [(2 * len(found),)]
            on_one = connection.query("SELECT count() FROM sightings_local", {})
            assert 0 < int(str(on_one[0][0])) < 2 * len(rows(loaded.warehouse, "sightings"))
            yield Memory(connection)


@each(SELECTED)
def test_every_statement_gives_the_same(loaded: Fleet, cluster: Memory, way: Way) -> None:
    """Row for row."""
    engine_agrees(loaded, cluster, way)


@each(LATEST)
def test_the_present_is_the_same(loaded: Fleet, cluster: Memory, way: Way) -> None:
    """Where the engine knows when the newest report came, and asks for last reports."""
    engine_agrees(loaded, cluster, way, newest=loaded.newest)


@each_table
def test_cell_keys_are_the_same(loaded: Fleet, cluster: Memory, table: PublicTable) -> None:
    """What a publication asks gives the same counts and the same keys."""
    cell_keys_agree(loaded, cluster, table)


@pytest.mark.soak
@each(WAYS)
def test_every_way_to_ask_gives_the_same(loaded: Fleet, cluster: Memory, way: Way) -> None:
    """Over each of its windows, and where the engine knows when the newest report came."""
    engine_agrees(loaded, cluster, way)
    engine_agrees(loaded, cluster, way, newest=loaded.newest)
