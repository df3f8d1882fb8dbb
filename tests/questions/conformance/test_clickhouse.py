"""The conformance suite on ClickHouse: every statement gives DuckDB's rows, on a recent release and on an old cluster.

Each row is there twice and unmerged, as a loader that was interrupted delivers them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headcount.questions import PublicTable
from tests.support.conformance import Memory, cell_keys_agree, each, each_table, engine_agrees, record_cells_agree
from tests.support.loaded import Fleet
from tests.support.replicas import cluster, recent
from tests.support.ways import EACH_BREAKDOWN, LATEST, SELECTED, WAYS, Way


@pytest.fixture(scope="module", params=["recent", pytest.param("cluster", marks=pytest.mark.ci)])
def engine(request: pytest.FixtureRequest, loaded: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memory]:
    """The fleet's rows in a recent ClickHouse, or over two shards of an old one."""
    directory = tmp_path_factory.mktemp(request.param)
    if request.param == "recent":
        with recent(loaded.warehouse, directory) as connection:
            yield Memory(connection)
    else:
        with cluster(loaded.warehouse, directory) as connection:
            yield Memory(connection)


@each([way for way in SELECTED if way in EACH_BREAKDOWN])
def test_every_breakdown_gives_the_same(loaded: Fleet, engine: Memory, way: Way) -> None:
    """Row for row."""
    engine_agrees(loaded, engine, way)


@pytest.mark.parametrize(
    "engine",
    [pytest.param("recent", marks=pytest.mark.ci), pytest.param("cluster", marks=pytest.mark.soak)],
    indirect=True,
    scope="module",
)
@each([way for way in SELECTED if way not in EACH_BREAKDOWN])
def test_every_other_statement_gives_the_same(loaded: Fleet, engine: Memory, way: Way) -> None:
    """The statements of the same breakdowns over other windows, of other bases and under other conditions."""
    engine_agrees(loaded, engine, way)


@each(LATEST)
def test_the_present_is_the_same(loaded: Fleet, engine: Memory, way: Way) -> None:
    """Where the engine knows when the newest report came, and asks for last reports."""
    engine_agrees(loaded, engine, way, newest=loaded.newest)


@each_table
def test_cell_keys_are_the_same(loaded: Fleet, engine: Memory, table: PublicTable) -> None:
    """What a publication asks gives the same counts and the same keys."""
    cell_keys_agree(loaded, engine, table)


def test_cells_of_records_are_the_same(loaded: Fleet, engine: Memory) -> None:
    """What a record of `drop` asks gives the same counts and the same keys."""
    record_cells_agree(loaded, engine)


@pytest.mark.soak
@each(WAYS)
def test_every_way_to_ask_gives_the_same(loaded: Fleet, engine: Memory, way: Way) -> None:
    """Over each of its windows, and where the engine knows when the newest report came."""
    engine_agrees(loaded, engine, way)
    engine_agrees(loaded, engine, way, newest=loaded.newest)
