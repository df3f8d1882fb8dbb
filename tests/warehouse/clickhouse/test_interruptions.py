"""Changes that are cut off at a statement, before or after it runs: each is there whole or not at all, and is repeated."""

from __future__ import annotations

import random
from itertools import count

import pytest

from tests.support.engines.breaks import WAYS
from tests.support.engines.databases import Databases
from tests.support.engines.interruptions import CHANGES, Twins


def _interrupt_at_each(databases: Databases, name: str, most: int | None) -> None:
    rng = random.Random(name)
    with Twins(databases, 7) as twins:
        kinds = [*dict.fromkeys(twins.interrupt(name, WAYS[0], lambda _number, _kind: False).ran)]
        for kind in kinds if most is None else rng.sample(kinds, most):
            twins.interrupt(name, rng.choice(WAYS), lambda _number, now, kind=kind: now == kind)  # type: ignore[misc]


@pytest.mark.ci
@pytest.mark.parametrize("name", ["load"])
def test_a_change_that_is_cut_off(databases: Databases, name: str) -> None:
    """At the first statement of some kinds, before or after it runs, by the process's end or the network's."""
    _interrupt_at_each(databases, name, 3)


@pytest.mark.soak
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_that_is_cut_off_at_a_statement_of_each_kind(databases: Databases, name: str) -> None:
    """At the first of each kind: what is done, to which table."""
    _interrupt_at_each(databases, name, None)


@pytest.mark.soak
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_that_is_cut_off_at_every_statement(databases: Databases, name: str) -> None:
    """At the first, the second, and so on, until the change is over before."""
    rng = random.Random(name)
    with Twins(databases, 11) as twins:
        for place in count():
            twins.do("load")
            way = rng.choice(WAYS)
            if not twins.interrupt(name, way, lambda number, _kind, place=place: number == place).was:  # type: ignore[misc]
                break
        assert place > 5
