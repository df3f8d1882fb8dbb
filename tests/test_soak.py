"""The long runs: the same properties as in the short ones, many more times."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.questions import REGISTRY
from tests.support import small_fleets as small
from tests.support.conformance import oracle_agrees
from tests.support.loaded import load
from tests.support.ways import WAYS, Way


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_every_answer_of_twenty_fleets_is_the_oracles(seed: int) -> None:
    """Twenty more fleets, each way to ask of each."""
    with load(installs=200, days=400, seed=1000 + seed, until=date(2021 + seed % 6, 10, 31), times=2) as loaded:
        for way in WAYS:
            starts = REGISTRY[way.question].by[way.by].scope.starts
            if starts is None or starts <= loaded.until:
                oracle_agrees(loaded, way._replace(windows=((None, loaded.until),)))


@pytest.mark.soak
@settings(max_examples=1500, derandomize=False)
@given(small.CASES, st.lists(st.sampled_from(WAYS), min_size=20, max_size=20, unique_by=str))
def test_many_awkward_fleets_are_answered_as_the_oracle_does(case: small.Case, ways: list[Way]) -> None:
    """1,500 more of them, each asked in twenty ways."""
    small.check(case, ways)


@pytest.mark.soak
@settings(max_examples=1500, derandomize=False)
@given(small.CASES)
def test_many_floods_of_awkward_fleets_are_set_apart_as_the_oracle_does(case: small.Case) -> None:
    """1,500 more of them."""
    small.check(case, small.FLOODED)
