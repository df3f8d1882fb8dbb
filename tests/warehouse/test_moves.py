"""What came under a clock that was wrong, and is moved to its time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.contract import Arrival
from tests.support.tables import ARRIVALS, START, everything
from tests.support.warehouses import Engine

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


@pytest.mark.ci
@settings(max_examples=12)
@MOVED
def test_what_is_moved_is_as_if_it_had_come_then(engine: Engine, arrivals: Sequence[Arrival], days: int) -> None:
    """In every table, derived ones included; and it is moved once."""
    _move_and_compare(engine, arrivals, days)


@pytest.mark.soak
@settings(max_examples=300, derandomize=False)
@MOVED
def test_what_is_moved_many_times(engine: Engine, arrivals: Sequence[Arrival], days: int) -> None:
    """The same, many more times."""
    _move_and_compare(engine, arrivals, days)
