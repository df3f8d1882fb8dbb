"""What an engine derives is what the rule says, in every table, after every batch and every other change."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.contract import Arrival
from headcount.warehouse import FloodRule, Warehouse
from headcount.warehouse.derivation import NEVER, Shift, alive_since, day_of
from tests.support.changes import (
    erase_and_compare,
    expire_and_compare,
    keep_time_and_compare,
    load_and_compare,
    move_and_compare,
    rebuild_and_compare,
)
from tests.support.derivations import tables_of
from tests.support.engines import Engine
from tests.support.histories import ARRIVALS_OF_ALL_KINDS, MOMENTS
from tests.support.loaded import fleet_arrivals
from tests.support.tables import ORIGINS, PROFILES, START

_DAY = 86_400
Step = Callable[[Warehouse], object]


def _publish(warehouse: Warehouse, states: dict[int, int]) -> None:
    warehouse.publish(f"the tables of {states}", "{}", states)


_LOADS = st.builds(
    lambda arrivals, now: partial(load_and_compare, arrivals=arrivals, now=now),
    st.lists(ARRIVALS_OF_ALL_KINDS, min_size=1, max_size=10),
    st.none() | st.none() | MOMENTS,
)
_INSTALLS = st.integers(1, 9)
_CHANGES = st.one_of(
    st.builds(
        lambda installs, at: partial(erase_and_compare, installs=sorted(installs), until=at),
        st.sets(_INSTALLS, max_size=3), MOMENTS,
    ),
    st.builds(
        lambda at, ids_at: partial(expire_and_compare, before=day_of(at), ids_before=day_of(ids_at)), MOMENTS, MOMENTS
    ),
    st.builds(lambda at: partial(keep_time_and_compare, now=at), MOMENTS),
    st.builds(
        lambda since, through, by: partial(move_and_compare, shift=Shift(since, max(since, through), by)),
        MOMENTS, MOMENTS, st.sampled_from([-900 * _DAY, -30 * _DAY, -_DAY, -7_000, 7_000, _DAY, 30 * _DAY, 900 * _DAY]),
    ),
    st.builds(lambda states: partial(_publish, states=states), st.dictionaries(_INSTALLS, _INSTALLS)),
    st.just(rebuild_and_compare),
)  # fmt: skip
_HISTORIES = st.lists(st.one_of(_LOADS, _LOADS, _LOADS, _CHANGES), min_size=1, max_size=7)
_RULES = st.builds(FloodRule, st.integers(0, 2), st.integers(0, 2), st.integers(1, 30), st.integers(0, 3))


def _arrival(install: int, day: int, second: int = 0, said: int = 0) -> Arrival:
    received = START + day * _DAY + second
    return Arrival(received, install, said + 1, PROFILES[said], stock=ORIGINS.get(install, 0))


@pytest.mark.clickhouse(recent="ci", cluster="test")
def test_a_pair_whose_first_report_alone_is_moved_is_judged_at_once(warehouse: Warehouse) -> None:
    """The last report of its day is not moved, so that nothing of it is loaded again."""
    load_and_compare(warehouse, [_arrival(1, 0), _arrival(5, 5, 100), _arrival(5, 5, 9_000), _arrival(6, 7)])
    since = START + 5 * _DAY
    move_and_compare(warehouse, Shift(since, since + 200, 60))
    tables = tables_of(warehouse)
    assert [(row.install, row.first_at) for row in tables["origins"]] == [(5, since + 160), (6, since + 2 * _DAY)]
    assert [pair.install for pair in tables["pairs"]] == [5]


def test_a_pair_stays_one_where_what_agreed_is_moved_into_a_day_with_a_later_report(warehouse: Warehouse) -> None:
    """A sighting has the last report of its day alone, and that came after the first one with the secret."""
    load_and_compare(warehouse, [_arrival(1, 3, 100), _arrival(5, 5, 5_000), _arrival(1, 5, 9_000)])
    move_and_compare(warehouse, Shift(START + 3 * _DAY, START + 4 * _DAY, 2 * _DAY))
    assert [pair.install for pair in tables_of(warehouse)["pairs"]] == [5]


@pytest.mark.ci
def test_what_comes_back_is_no_first_report_where_what_came_before_it_is_no_longer_held(warehouse: Warehouse) -> None:
    """Also where the first one is moved at the same time."""
    since = START + 606 * _DAY  # the last day but one of a month
    load_and_compare(warehouse, [_arrival(1, 0), _arrival(5, 606, 5_000)])
    load_and_compare(warehouse, [_arrival(5, 606, 100)], since - _DAY)
    expire_and_compare(warehouse, alive_since(day_of(since + _DAY)), day_of(START))
    move_and_compare(warehouse, Shift(since, since + 6_000, _DAY))
    assert [row.first_at for row in tables_of(warehouse)["origins"]] == [since + _DAY + 5_000]


@pytest.mark.clickhouse(recent="soak", cluster="ci")
def test_what_is_not_believed_is_held_once(warehouse: Warehouse) -> None:
    """Though it is loaded twice at one moment."""
    for _ in range(2):
        load_and_compare(warehouse, [_arrival(1, 3)], START)
    assert len(tables_of(warehouse)["later"]) == 1


def test_who_was_there_before_a_retention_was_there_before_the_next_one(warehouse: Warehouse) -> None:
    """Also where nothing of it is older than the next one."""
    load_and_compare(warehouse, [*(_arrival(3, day) for day in (0, 80, 100)), _arrival(4, 40)])
    for month in (2, 3):
        expire_and_compare(warehouse, date(2026, month, 1), day_of(START))
    (birth,) = tables_of(warehouse)["births"]
    assert (birth.install, birth.earliest) == (3, date(2026, 2, 28))


_UNTIL = date(2026, 10, 31)


def _fleet(seed: int) -> list[Arrival]:
    """A fleet's reports by time, some of stock's sent again after minutes and on the same second."""
    rng = random.Random(seed)
    edges = [_UNTIL.replace(month=month, day=1) for month in (2, 7, 10)]
    sent = fleet_arrivals(installs=60, days=600, seed=seed, until=_UNTIL, edges=edges)
    again = [
        each._replace(received=each.received + rng.choice((0, 9, 400)), what="repeat")
        for each in sent
        if each.what == "report" and not each.stock and not each.report and rng.random() < 0.2
    ]
    return sorted([*sent, *again], key=lambda each: each.received)


@pytest.mark.soak
@pytest.mark.parametrize("order", ["by time", "in any order"])
def test_a_fleet_derives_what_the_rule_says(warehouse: Warehouse, order: str) -> None:
    """With movers, guessers, floods and crowds; each batch is loaded, and the one before it again."""
    arrivals = _fleet(7)
    if order == "in any order":
        random.Random(7).shuffle(arrivals)
    assert any(each.stock for each in arrivals)
    size = len(arrivals) // 8 + 1
    batches = [arrivals[start : start + size] for start in range(0, len(arrivals), size)]
    for number, batch in enumerate(batches):
        for each in batches[max(0, number - 1) : number + 1]:
            load_and_compare(warehouse, each)
        if number == 4 and batch:
            erase_and_compare(warehouse, [batch[0].install, batch[-1].install], batch[-1].received)
    tables = tables_of(warehouse)
    assert all(tables[name] for name in ("pairs", "floods", "quarantine", "comebacks", "crowded", "daily"))
    assert {pair.confirmed < NEVER for pair in tables["pairs"]} == {True, False}
    for month in (3, 8):
        expire_and_compare(warehouse, _UNTIL.replace(month=month, day=1), _UNTIL)
        load_and_compare(warehouse, batches[-1])
    rebuild_and_compare(warehouse)


def _compare(engine: Engine, history: Sequence[Step], rule: FloodRule) -> None:
    with closing(engine()) as warehouse:
        warehouse.floods = rule
        for step in history:
            step(warehouse)


@pytest.mark.ci
@pytest.mark.clickhouse(recent="never", cluster="never")
@settings(max_examples=20)
@given(_HISTORIES, _RULES)
def test_small_histories_derive_what_the_rule_says(engine: Engine, history: Sequence[Step], rule: FloodRule) -> None:
    """Movers, reports sent again, crowds, floods, clocks, erasures, retention and moves, in any order of days."""
    _compare(engine, history, rule)


@pytest.mark.soak
@pytest.mark.clickhouse(recent="never", cluster="never")
@settings(max_examples=600, derandomize=False)
@given(_HISTORIES, _RULES)
def test_many_small_histories(engine: Engine, history: Sequence[Step], rule: FloodRule) -> None:
    """The same, many more times."""
    _compare(engine, history, rule)


@pytest.mark.clickhouse(cluster="soak")
@settings(max_examples=4)
@given(_HISTORIES, _RULES)
def test_a_few_small_histories(engine: Engine, history: Sequence[Step], rule: FloodRule) -> None:
    """The same, on the engines that take longer for it."""
    _compare(engine, history, rule)


@pytest.mark.soak
@settings(max_examples=100, derandomize=False)
@given(_HISTORIES, _RULES)
def test_some_small_histories(engine: Engine, history: Sequence[Step], rule: FloodRule) -> None:
    """The same, a hundred times."""
    _compare(engine, history, rule)
