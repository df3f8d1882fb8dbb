"""What DuckDB's statements derive is what the rule says, in every table, after every batch and every other change."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.contract import Arrival
from headcount.warehouse import FloodRule, Warehouse
from headcount.warehouse.derivation import NEVER, day_of
from tests.support.derivations import change_and_compare, load_and_compare, tables_of
from tests.support.histories import ARRIVALS_OF_ALL_KINDS, MOMENTS
from tests.support.loaded import empty_warehouse, fleet_arrivals
from tests.support.tables import ORIGINS, PROFILES, START

_DAY = 86_400
Step = Callable[[Warehouse], object]


def _load(arrivals: Sequence[Arrival], now: int | None, warehouse: Warehouse) -> None:
    load_and_compare(warehouse, arrivals, now)


def _erase(installs: Sequence[int], until: int, warehouse: Warehouse) -> None:
    change_and_compare(warehouse, lambda made: made.erase(installs, until))


def _expire(before: date, warehouse: Warehouse) -> None:
    change_and_compare(warehouse, lambda made: made.expire(before, before))


def _keep_time(now: int, warehouse: Warehouse) -> None:
    change_and_compare(warehouse, lambda made: made.keep_time(now))


def _move(since: int, through: int, by: int, warehouse: Warehouse) -> None:
    change_and_compare(warehouse, lambda made: made.move(f"{since} {by}", since, max(since, through), by))


def _rebuild(warehouse: Warehouse) -> None:
    change_and_compare(warehouse, lambda made: made.rebuild())


_LOADS = st.builds(
    lambda arrivals, now: partial(_load, arrivals, now),
    st.lists(ARRIVALS_OF_ALL_KINDS, min_size=1, max_size=10),
    st.none() | st.none() | MOMENTS,
)
_CHANGES = st.one_of(
    st.builds(lambda installs, at: partial(_erase, sorted(installs), at), st.sets(st.integers(1, 9), max_size=3), MOMENTS),
    st.builds(lambda at: partial(_expire, day_of(at)), MOMENTS),
    st.builds(lambda at: partial(_keep_time, at), MOMENTS),
    st.builds(
        lambda since, through, days: partial(_move, since, through, days * _DAY),
        MOMENTS, MOMENTS, st.sampled_from([-900, -30, -1, 1, 30, 900]),
    ),
    st.just(_rebuild),
)  # fmt: skip
_HISTORIES = st.lists(st.one_of(_LOADS, _LOADS, _LOADS, _CHANGES), min_size=1, max_size=7)
_RULES = st.builds(FloodRule, st.integers(0, 2), st.integers(0, 2), st.integers(1, 30), st.integers(0, 3))


def _arrival(install: int, day: int, second: int = 0, said: int = 0) -> Arrival:
    received = START + day * _DAY + second
    return Arrival(received, install, said + 1, PROFILES[said], stock=ORIGINS.get(install, 0))


def test_a_pair_whose_first_report_alone_is_moved_is_judged_at_once() -> None:
    """The last report of its day is not moved, so that nothing of it is loaded again."""
    with empty_warehouse() as warehouse:
        load_and_compare(warehouse, [_arrival(1, 0), _arrival(5, 5, 100), _arrival(5, 5, 9_000), _arrival(6, 7)])
        since = START + 5 * _DAY
        _move(since, since + 200, 60, warehouse)
        tables = tables_of(warehouse)
        assert [(row.install, row.first_at) for row in tables["origins"]] == [(5, since + 160), (6, since + 2 * _DAY)]
        assert [pair.install for pair in tables["pairs"]] == [5]


def test_who_was_there_before_a_retention_was_there_before_the_next_one() -> None:
    """Also where nothing of it is older than the next one."""
    with empty_warehouse() as warehouse:
        load_and_compare(warehouse, [*(_arrival(3, day) for day in (0, 40, 80)), _arrival(4, 20)])
        for day in (10, 30):
            _expire(day_of(START) + timedelta(day), warehouse)
        (birth,) = tables_of(warehouse)["births"]
        assert (birth.install, birth.earliest) == (3, day_of(START) + timedelta(29))


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
def test_a_fleet_derives_what_the_rule_says(order: str) -> None:
    """With movers, guessers, floods and crowds; each batch is loaded, and the one before it again."""
    arrivals = _fleet(7)
    if order == "in any order":
        random.Random(7).shuffle(arrivals)
    assert any(each.stock for each in arrivals)
    size = len(arrivals) // 8 + 1
    batches = [arrivals[start : start + size] for start in range(0, len(arrivals), size)]
    with empty_warehouse() as warehouse:
        for number, batch in enumerate(batches):
            for each in batches[max(0, number - 1) : number + 1]:
                load_and_compare(warehouse, each)
            if number == 4 and batch:
                _erase([batch[0].install, batch[-1].install], batch[-1].received, warehouse)
        tables = tables_of(warehouse)
        assert all(tables[name] for name in ("pairs", "floods", "quarantine", "comebacks", "crowded", "daily"))
        assert {pair.confirmed < NEVER for pair in tables["pairs"]} == {True, False}
        for month in (3, 8):
            _expire(_UNTIL.replace(month=month, day=1), warehouse)
            _load(batches[-1], None, warehouse)
        _rebuild(warehouse)


def _compare(history: Sequence[Step], rule: FloodRule) -> None:
    with empty_warehouse() as warehouse:
        warehouse.floods = rule
        for step in history:
            step(warehouse)


@pytest.mark.ci
@settings(max_examples=20)
@given(_HISTORIES, _RULES)
def test_small_histories_derive_what_the_rule_says(history: Sequence[Step], rule: FloodRule) -> None:
    """Movers, reports sent again, crowds, floods, clocks, erasures, retention and moves, in any order of days."""
    _compare(history, rule)


@pytest.mark.soak
@settings(max_examples=600, derandomize=False)
@given(_HISTORIES, _RULES)
def test_many_small_histories(history: Sequence[Step], rule: FloodRule) -> None:
    """The same, many more times."""
    _compare(history, rule)
