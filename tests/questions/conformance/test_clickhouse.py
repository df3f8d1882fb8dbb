"""The conformance suite on ClickHouse: every statement gives DuckDB's rows, on a recent release and on an old cluster.

Each row is there twice and unmerged, as a loader that was interrupted delivers them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from headcount.questions import PublicTable
from headcount.warehouse.clickhouse._connection import ClickHouse
from headcount.warehouse.clickhouse._schema import TABLES, shard, single
from tests.support.clickhouse import NAME, Cluster, clickhouse_missing
from tests.support.conformance import Memory, cell_keys_agree, each, each_table, engine_agrees
from tests.support.engines import ChdbEngine
from tests.support.loaded import Fleet, names, rows
from tests.support.requires import require
from tests.support.ways import EACH_BREAKDOWN, LATEST, SELECTED, WAYS, Way


@contextmanager
def _chdb(loaded: Fleet, directory: Path) -> Iterator[ChdbEngine]:
    """Yield the fleet's rows in a ClickHouse of 2026, in this process (chDB)."""
    with closing(ChdbEngine(directory)) as engine:
        for statement in ["CREATE DATABASE headcount", "USE headcount", *single()]:
            engine.execute(statement)
        for table in TABLES:
            engine.execute(f"SYSTEM STOP MERGES {table}")
        _insert_twice(loaded, engine)
        yield engine


@contextmanager
def _cluster(loaded: Fleet, directory: Path) -> Iterator[ClickHouse]:
    """Yield the fleet's rows on two shards of ClickHouse 18.16; each row is on one of them."""
    require(clickhouse_missing())
    with Cluster(directory) as servers:
        for port in servers.ports:
            with closing(ClickHouse("127.0.0.1", port)) as node:
                for statement in shard(NAME, "headcount"):
                    node.execute(statement)
                node.execute("SYSTEM STOP MERGES")
        with closing(ClickHouse("127.0.0.1", servers.ports[0], "headcount")) as connection:
            _insert_twice(loaded, connection)
            ((on_one,),) = connection.query("SELECT count() FROM sightings_local", {})
            assert 0 < int(str(on_one)) < 2 * len(rows(loaded.warehouse, "sightings"))
            yield connection


def _insert_twice(loaded: Fleet, engine: ChdbEngine | ClickHouse) -> None:
    for table in TABLES:
        held = rows(loaded.warehouse, table)
        for _ in range(2):
            engine.insert(table, names(table), held)
        assert engine.query(f"SELECT count() FROM {table}", {}) == [(2 * len(held),)]


@pytest.fixture(scope="module", params=["recent", pytest.param("cluster", marks=pytest.mark.ci)])
def engine(request: pytest.FixtureRequest, loaded: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memory]:
    """The fleet's rows in a recent ClickHouse, or over two shards of an old one."""
    directory = tmp_path_factory.mktemp(request.param)
    if request.param == "recent":
        with _chdb(loaded, directory) as recent:
            yield Memory(recent)
    else:
        with _cluster(loaded, directory) as old:
            yield Memory(old)


@each([way if way in EACH_BREAKDOWN else pytest.param(way, marks=pytest.mark.ci) for way in SELECTED])
def test_every_statement_gives_the_same(loaded: Fleet, engine: Memory, way: Way) -> None:
    """Row for row."""
    engine_agrees(loaded, engine, way)


@each(LATEST)
def test_the_present_is_the_same(loaded: Fleet, engine: Memory, way: Way) -> None:
    """Where the engine knows when the newest report came, and asks for last reports."""
    engine_agrees(loaded, engine, way, newest=loaded.newest)


@each_table
def test_cell_keys_are_the_same(loaded: Fleet, engine: Memory, table: PublicTable) -> None:
    """What a publication asks gives the same counts and the same keys."""
    cell_keys_agree(loaded, engine, table)


@pytest.mark.soak
@each(WAYS)
def test_every_way_to_ask_gives_the_same(loaded: Fleet, engine: Memory, way: Way) -> None:
    """Over each of its windows, and where the engine knows when the newest report came."""
    engine_agrees(loaded, engine, way)
    engine_agrees(loaded, engine, way, newest=loaded.newest)
