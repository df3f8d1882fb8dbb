"""Answers of small, awkward fleets, beside those of the oracle."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.small_fleets import BUILDER, CASES, FACTORY, FLOODED, GIT, JANITOR, Case, check, truth_of
from tests.support.ways import CONDITIONS, WAYS, Way

_AT_ONE_TIME = [way for way in WAYS if way.over is None]


@pytest.mark.soak
@settings(max_examples=25)
@given(CASES, st.lists(st.sampled_from(_AT_ONE_TIME), min_size=8, max_size=8, unique_by=str))
def test_awkward_fleets_are_answered_as_the_oracle_does(case: Case, ways: list[Way]) -> None:
    """Any few reports, whatever they say and whenever they come, asked in any way."""
    check(case, ways)


@pytest.mark.ci
@settings(max_examples=10)
@given(CASES)
def test_floods_of_awkward_fleets_are_set_apart_as_the_oracle_does(case: Case) -> None:
    """Where two newcomers may be a flood, and the days before are few."""
    check(case, FLOODED)


def test_the_conditions_are_met_by_awkward_fleets() -> None:
    """Each condition of the ways holds for something that can be drawn, and not for everything."""
    versions = {"buildbot": "4.1.0", "python": "3.9.2", "sqlalchemy": "1.4.54"}
    truth = truth_of(
        sender="stock", level="basic", versions=versions, db="mysql", distro="other", system=None, www=None,
        plugins={(BUILDER, 0): 1, (GIT, 1): 2}, pipelines=None, scrubbed={}, build="local", driver="other", server="10",
        protocols={"pb": 1}, hooks={}, workers={"4.3.0": 1, "4.1.0": 2}, factories={(FACTORY, 1): 2}, configurators={},
    )  # fmt: skip
    assert all(condition.holds(truth) for condition in CONDITIONS)
    other = truth_of(
        sender="stock", level="custom", versions={}, db="sqlite", distro="debian", system=None, www=None,
        plugins={("custom", 0): 1}, pipelines=None, scrubbed={}, build="release", driver="other", server="10",
        protocols={"pb": 1}, hooks={}, workers={"4.3.0": 1}, factories={(FACTORY, 1): 2}, configurators={(JANITOR, 0): 1},
    )  # fmt: skip
    assert not any(condition.holds(other) for condition in CONDITIONS)
