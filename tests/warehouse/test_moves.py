"""What came under a clock that was wrong, and is moved to its time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.contract import Arrival
from headcount.warehouse import Warehouse
from tests.support.contents import everything, table
from tests.support.engines import Engine
from tests.support.tables import ARRIVALS, PROFILES, START

DAY = 86_400
SPAN = 400 * DAY
MOVED = given(st.lists(ARRIVALS, max_size=25), st.sampled_from([-900, -30, 30, 900]))


def _move_and_compare(engine: Engine, arrivals: Sequence[Arrival], days: int) -> None:
    by = days * DAY
    then = [arrival._replace(received=arrival.received + by) for arrival in arrivals]
    with closing(engine()) as warehouse, closing(engine()) as right:
        for batch in (slice(0, None, 2), slice(1, None, 2)):
            warehouse.load(arrivals[batch], inbox="a", through=1)
            right.load(then[batch], inbox="a", through=1)
        warehouse.move("one", START - SPAN, START + SPAN, by)
        assert everything(warehouse) == everything(right)
        warehouse.move("one", START - SPAN, START + SPAN, by)
        assert everything(warehouse) == everything(right)
        warehouse.rebuild()
        assert everything(warehouse) == everything(right)


@pytest.mark.soak
@settings(max_examples=12)
@MOVED
def test_what_is_moved_is_as_if_it_had_come_then(engine: Engine, arrivals: Sequence[Arrival], days: int) -> None:
    """In every table, derived ones included; and it is moved once."""
    _move_and_compare(engine, arrivals, days)


@pytest.mark.clickhouse(recent="never", cluster="never")
@pytest.mark.soak
@settings(max_examples=300, derandomize=False)
@MOVED
def test_what_is_moved_many_times(engine: Engine, arrivals: Sequence[Arrival], days: int) -> None:
    """The same, many more times."""
    _move_and_compare(engine, arrivals, days)


STOCK = Arrival(START, 1, 1, PROFILES[0])
# What comes five days later: the same installation with a secret, and some of a block that has too many.
NEXT = [
    Arrival(START + 5 * DAY, 5, 2, PROFILES[1], stock=1),
    *(Arrival(START + 5 * DAY + 9, install, 2, PROFILES[1], crowded=True) for install in (51, 52)),
]


def _load_at_another_time(warehouse: Warehouse, way: str) -> None:
    """Load `NEXT` so that it is set apart."""
    received, now = {"moved on": (5, 1), "keeps time": (5, 1), "falls behind": (5, 5), "moved back": (25, 6)}[way]
    late = [arrival._replace(received=arrival.received + (received - 5) * DAY) for arrival in NEXT]
    warehouse.load(late, inbox="a", through=2, now=START + now * DAY)
    if way == "falls behind":
        assert warehouse.keep_time(START + DAY) == 3


_MORE = [pytest.param(way, marks=pytest.mark.ci) for way in ("moved on", "falls behind", "moved back")]


@pytest.mark.clickhouse(recent="ci", cluster="ci")
@pytest.mark.parametrize("way", ["keeps time", *_MORE])
def test_what_is_set_apart_comes_back_with_its_claim_and_its_mark(
    engine: Engine, warehouse: Warehouse, way: str
) -> None:
    """As if it had been believed at once; who erases the stock id meanwhile reaches it."""
    with closing(engine()) as right:
        for made in (warehouse, right):
            made.load([STOCK], inbox="a", through=1)
        warehouse.keep_time(START)
        right.load(NEXT, inbox="a", through=2)
        _load_at_another_time(warehouse, way)
        assert table(warehouse, "births", "install") == [(1,)]
        assert warehouse.heirs(1) == [5]
        if way == "moved on":
            warehouse.move("one", START + 1, START + DAY, 5 * DAY)
        elif way == "moved back":
            warehouse.move("one", START + 20 * DAY, START + 26 * DAY, -20 * DAY)
        else:
            warehouse.keep_time(START + 6 * DAY)
        assert everything(warehouse) == everything(right)
        for name in ("crowded", "quarantine"):
            assert table(warehouse, name) == table(right, name)
        assert len(table(right, "pairs")) == 1
        assert len(table(right, "quarantine")) == 2
