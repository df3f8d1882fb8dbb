"""Changes that are cut off at a statement, before or after it runs: each is there whole or not at all, and is repeated."""

from __future__ import annotations

import random
from itertools import count

import pytest

from tests.support.engines.breaks import WAYS, Way
from tests.support.engines.databases import Databases
from tests.support.engines.interruptions import CHANGES, Twins


@pytest.mark.ci
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_that_is_cut_off_at_a_statement_of_each_kind(each_clickhouse: Databases, name: str) -> None:
    """At the first of each kind that writes, in turn before or after it runs, by the process's end or the network's."""
    rng = random.Random(name)
    with Twins(each_clickhouse, 7) as twins:
        kinds = dict.fromkeys(twins.interrupt(name, WAYS[0], lambda _number, _kind: False).ran)
        for kind in [kind for kind in kinds if not kind.startswith("SELECT")]:
            twins.interrupt(name, rng.choice(WAYS), lambda _number, now, kind=kind: now == kind)  # type: ignore[misc]


@pytest.mark.soak
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_that_is_cut_off_at_every_statement(each_clickhouse: Databases, name: str, way: Way) -> None:
    """At the first, the second, and so on, until the change is over before."""
    with Twins(each_clickhouse, 11) as twins:
        for place in count():
            twins.do("load")
            if not twins.interrupt(name, way, lambda number, _kind, place=place: number == place).was:  # type: ignore[misc]
                break
        assert place > 5
