"""What loading comes to, and what is seen of it meanwhile."""

from __future__ import annotations

from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.contract import Arrival
from headcount.warehouse import Warehouse
from tests.support.contents import everything, rows
from tests.support.engines import Engine
from tests.support.tables import ARRIVALS, PROFILES, START, tables_of

BATCHES = given(st.lists(st.lists(ARRIVALS, min_size=1, max_size=12), max_size=3))


@pytest.mark.soak
@settings(max_examples=20)
@BATCHES
def test_the_tables_are_what_the_arrivals_say(engine: Engine, batches: list[list[Arrival]]) -> None:
    """In whatever batches and order they come, also twice; and a rebuild makes the same."""
    _load_and_compare(engine, batches)


@pytest.mark.clickhouse(recent="never", cluster="never")
@pytest.mark.soak
@settings(max_examples=1000, derandomize=False)
@BATCHES
def test_the_tables_are_what_many_arrivals_say(engine: Engine, batches: list[list[Arrival]]) -> None:
    """The same, many more times."""
    _load_and_compare(engine, batches)


def _load_and_compare(engine: Engine, batches: list[list[Arrival]]) -> None:
    with closing(engine()) as warehouse:
        for batch in [*batches, *batches[:1]]:
            warehouse.load(batch, inbox="a", through=1)
        loaded = everything(warehouse)
        expected = tables_of([one for batch in batches for one in batch])
        for table, listed in expected.items():
            assert set(loaded[table]) == listed
            assert len(loaded[table]) == len(listed)
        warehouse.rebuild()
        assert everything(warehouse) == loaded


@pytest.mark.clickhouse(recent="ci", cluster="test")
def test_a_snapshot_does_not_change(warehouse: Warehouse) -> None:
    """Denominator and rows of one answer are of one moment, whatever is loaded meanwhile."""
    warehouse.load([Arrival(START, 1, 1, PROFILES[0])], inbox="a", through=1)
    with warehouse.snapshot() as snapshot:
        assert snapshot.query("SELECT count(*) FROM sightings", {}) == [(1,)]
        warehouse.load([Arrival(START + 90_000, 2, 1, PROFILES[0])], inbox="a", through=2)
        assert snapshot.query("SELECT count(*) FROM sightings", {}) == [(1,)]
        assert snapshot.data_until() == START
    assert rows(warehouse, "SELECT count(*) FROM sightings") == [(2,)]


def test_the_version_grows_with_each_change(warehouse: Warehouse) -> None:
    """Answers are kept by it."""
    before = warehouse.generation().data
    warehouse.load([], inbox="a", through=0)
    assert warehouse.generation().data > before
