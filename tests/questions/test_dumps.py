"""History that is imported out of order gives the answers that it would have given in order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headcount.fleet import in_dumps, simulate
from tests.support.conformance import each, oracle_agrees
from tests.support.loaded import Fleet, load_events
from tests.support.ways import LATEST, UNTIL, Way


@pytest.fixture(scope="module")
def dumped() -> Iterator[Fleet]:
    """A fleet that three collectors kept, whose dumps were loaded one after another."""
    events = in_dumps(simulate(60, 450, 11, UNTIL), 3, seed=1)
    with load_events(events, UNTIL, batch=150) as loaded:
        yield loaded


@each(LATEST)
def test_dumps_give_the_answers_of_their_reports_in_order(dumped: Fleet, way: Way) -> None:
    """Each question, asked once of what was loaded out of order, and of the oracle, which sorts by time."""
    oracle_agrees(dumped, way)
