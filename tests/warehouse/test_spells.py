"""From when to when an installation was what: the table `spells`, against its definition, day by day."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.contract import Arrival
from headcount.warehouse import Warehouse
from tests.support.contents import Row, everything, table
from tests.support.engines import Engine
from tests.support.tables import PROFILES, START, day_of, spells_of

_DAYS = st.one_of(st.integers(0, 6), st.sampled_from([31, 59, 90, 394, 395, 396, 397, 425, 426, 790, 800]))
_REPORTS = st.tuples(st.integers(3, 4), _DAYS, st.integers(0, 3) | st.just(86_399), st.integers(0, 2))
_BATCHES = st.lists(st.lists(_REPORTS, min_size=1, max_size=6), max_size=5)


def _arrivals(reports: list[tuple[int, int, int, int]]) -> list[Arrival]:
    return [
        Arrival(START + day * 86_400 + second, install, said + 1, PROFILES[said])
        for install, day, second, said in reports
    ]


def _definition(arrivals: list[Arrival]) -> list[Row]:
    last: dict[tuple[int, date, int], int] = {}
    for each in arrivals:
        key = each.install, day_of(each.received), each.profile
        last[key] = max(each.received, last.get(key, 0))
    return sorted(spells_of(last))


def _compare(engine: Engine, batches: list[list[tuple[int, int, int, int]]]) -> None:
    with closing(engine()) as warehouse:
        loaded: list[Arrival] = []
        for batch in map(_arrivals, batches):
            loaded += batch
            warehouse.load(batch, inbox="a", through=1)
            assert table(warehouse, "spells") == _definition(loaded)
        held = everything(warehouse)
        warehouse.rebuild()
        assert everything(warehouse) == held


@pytest.mark.soak
@settings(max_examples=15)
@given(_BATCHES)
def test_spells_are_what_was_reported(engine: Engine, batches: list[list[tuple[int, int, int, int]]]) -> None:
    """After each batch, in whatever order of days they come, with gaps of about 13 months; and a rebuild makes the same."""
    _compare(engine, batches)


@pytest.mark.clickhouse(recent="never", cluster="never")
@pytest.mark.soak
@settings(max_examples=2_000, derandomize=False)
@given(_BATCHES)
def test_spells_are_what_was_often_reported(engine: Engine, batches: list[list[tuple[int, int, int, int]]]) -> None:
    """The same, many more times."""
    _compare(engine, batches)


@pytest.mark.parametrize("order", ["first to last", "last to first", "at once"])
def test_the_last_report_of_a_day_decides_and_a_gap_ends_a_spell(warehouse: Warehouse, order: str) -> None:
    """One profile on two days around another; what is set again on the next day; and silence of more than 13 months."""
    reports = [(3, 0, 0, 0), (3, 10, 5, 1), (3, 10, 6, 0), (3, 20, 0, 1), (3, 21, 7, 0), (3, 500, 0, 0)]
    arrivals = _arrivals(reports)
    batches = {"first to last": [[each] for each in arrivals], "last to first": [[each] for each in arrivals[::-1]]}
    for batch in batches.get(order, [arrivals]):
        warehouse.load(batch, inbox="a", through=1)
    start = datetime.fromtimestamp(START, UTC).date()
    ends = [date(2027, 2, 21), date(2028, 6, 15)]
    assert table(warehouse, "spells") == [
        (3, 1, start, start + timedelta(19)), (3, 1, start + timedelta(21), ends[0]),
        (3, 1, start + timedelta(500), ends[1]), (3, 2, start + timedelta(20), start + timedelta(20)),
    ]  # fmt: skip


def test_what_is_erased_or_older_than_it_may_be_leaves_no_spell(warehouse: Warehouse) -> None:
    """Of what is held since, the spells are those of that alone."""
    warehouse.load(_arrivals([(3, 0, 0, 0), (3, 400, 0, 1), (4, 0, 0, 0), (4, 30, 0, 1)]), inbox="a", through=1)
    warehouse.erase([4], until=START + 86_400)
    start = datetime.fromtimestamp(START, UTC).date()
    assert [row[:3] for row in table(warehouse, "spells")] == [
        (3, 1, start), (3, 2, start + timedelta(400)), (4, 2, start + timedelta(30))
    ]  # fmt: skip
    warehouse.expire(date(2026, 4, 1), start)
    assert [row[:3] for row in table(warehouse, "spells")] == [(3, 2, start + timedelta(400))]
