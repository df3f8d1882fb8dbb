"""The conformance suite on a recent ClickHouse (chDB): every statement gives DuckDB's rows.

Each row is in it twice and unmerged, as a loader that was interrupted delivers them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from headcount.questions import PublicTable
from headcount.warehouse.clickhouse._schema import TABLES, single
from tests.support.conformance import Memory, cell_keys_agree, each, each_table, engine_agrees
from tests.support.engines import ChdbEngine
from tests.support.loaded import Fleet, names, rows
from tests.support.ways import LATEST, SELECTED, WAYS, Way


@pytest.fixture(scope="module")
def chdb(loaded: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memory]:
    """The fleet's rows in a recent ClickHouse."""
    with closing(ChdbEngine(tmp_path_factory.mktemp("chdb"))) as engine:
        for statement in ["CREATE DATABASE headcount", "USE headcount", *single()]:
            engine.execute(statement)
        for table in TABLES:
            engine.execute(f"SYSTEM STOP MERGES {table}")
            found = rows(loaded.warehouse, table)
            for _ in range(2):
                engine.insert(table, names(table), found)
            assert engine.query(f"SELECT count() FROM {table}", {}) == [(2 * len(found),)]
        yield Memory(engine)


@each(SELECTED)
def test_every_statement_gives_the_same(loaded: Fleet, chdb: Memory, way: Way) -> None:
    """Row for row."""
    engine_agrees(loaded, chdb, way)


@each(LATEST)
def test_the_present_is_the_same(loaded: Fleet, chdb: Memory, way: Way) -> None:
    """Where the engine knows when the newest report came, and asks for last reports."""
    engine_agrees(loaded, chdb, way, newest=loaded.newest)


@each_table
def test_cell_keys_are_the_same(loaded: Fleet, chdb: Memory, table: PublicTable) -> None:
    """What a publication asks gives the same counts and the same keys."""
    cell_keys_agree(loaded, chdb, table)


@pytest.mark.soak
@each(WAYS)
def test_every_way_to_ask_gives_the_same(loaded: Fleet, chdb: Memory, way: Way) -> None:
    """Over each of its windows, and where the engine knows when the newest report came."""
    engine_agrees(loaded, chdb, way)
    engine_agrees(loaded, chdb, way, newest=loaded.newest)
