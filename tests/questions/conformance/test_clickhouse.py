"""The conformance suite on ClickHouse: the fleet is loaded there too, and every statement gives DuckDB's rows.

On a recent release, and over two shards of an old one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from headcount.questions import PublicTable
from headcount.warehouse import Warehouse
from tests.support.conformance import (
    Asked,
    Memory,
    cell_keys_agree,
    each,
    each_table,
    engine_agrees,
    record_cells_agree,
)
from tests.support.engines import Engine
from tests.support.loaded import Fleet, load_in_batches
from tests.support.ways import EACH_BREAKDOWN, LATEST, SELECTED, WAYS, Way


@pytest.fixture(scope="module", params=["recent", pytest.param("cluster", marks=pytest.mark.ci)])
def warehouse(request: pytest.FixtureRequest, loaded: Fleet, engines: Callable[[str], Engine]) -> Iterator[Warehouse]:
    """The fleet in a recent ClickHouse, or over two shards of an old one."""
    with closing(engines(request.param)()) as filled:
        load_in_batches(filled, loaded.arrivals)
        yield filled


@pytest.fixture(scope="module")
def memory(warehouse: Warehouse) -> Memory:
    """The same, where each statement is run once."""
    return Memory(warehouse)


@each([way for way in SELECTED if way in EACH_BREAKDOWN])
def test_every_breakdown_gives_the_same(loaded: Fleet, memory: Memory, way: Way) -> None:
    """Row for row."""
    engine_agrees(loaded, Asked(memory), way)


@pytest.mark.parametrize(
    "warehouse",
    [pytest.param("recent", marks=pytest.mark.ci), pytest.param("cluster", marks=pytest.mark.soak)],
    indirect=True,
    scope="module",
)
@each([way for way in SELECTED if way not in EACH_BREAKDOWN])
def test_every_other_statement_gives_the_same(loaded: Fleet, memory: Memory, way: Way) -> None:
    """The statements of the same breakdowns over other windows, of other bases and under other conditions."""
    engine_agrees(loaded, Asked(memory), way)


@each(LATEST)
def test_the_present_is_the_same(loaded: Fleet, warehouse: Warehouse, way: Way) -> None:
    """Where the engine says when the newest report came, so that last reports are asked for."""
    engine_agrees(loaded, warehouse, way)


@each_table
def test_cell_keys_are_the_same(loaded: Fleet, memory: Memory, table: PublicTable) -> None:
    """What a publication asks gives the same counts and the same keys."""
    cell_keys_agree(loaded, memory, table)


def test_cells_of_records_are_the_same(loaded: Fleet, memory: Memory) -> None:
    """What a record of `drop` asks gives the same counts and the same keys."""
    record_cells_agree(loaded, memory)


@pytest.mark.soak
@each(WAYS)
def test_every_way_to_ask_gives_the_same(loaded: Fleet, warehouse: Warehouse, memory: Memory, way: Way) -> None:
    """Over each of its windows; also by the statements for an engine that holds rows twice, and by those for any window."""
    engine_agrees(loaded, Asked(memory), way)
    engine_agrees(loaded, warehouse, way)
