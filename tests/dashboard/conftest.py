"""A small fleet whose pages are looked at, one of a single master, and a warehouse with no report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from headcount.questions import Answer, Query
from tests.support.loaded import empty_warehouse, load, sightings
from tests.support.visits import Visitor, visitor

UNTIL = date(2026, 10, 31)

Looks = tuple[Visitor, Callable[[Query], Answer]]


@pytest.fixture(scope="session")
def fleet() -> Iterator[Looks]:
    """Some hundred and fifty masters over two years."""
    with load(installs=120, days=720, seed=7, until=UNTIL) as loaded:
        yield visitor(loaded.warehouse, UNTIL)


@pytest.fixture(scope="session")
def visit(fleet: Looks) -> Visitor:
    """Looks at the pages of the fleet."""
    return fleet[0]


@pytest.fixture(scope="session")
def asked(fleet: Looks) -> Callable[[Query], Answer]:
    """Asks the fleet."""
    return fleet[1]


@pytest.fixture(scope="session")
def visit_nobody() -> Iterator[Visitor]:
    """Looks at the pages of a warehouse that no report has reached."""
    with empty_warehouse() as warehouse:
        yield visitor(warehouse, UNTIL)[0]


@pytest.fixture(scope="session")
def visit_one() -> Iterator[Visitor]:
    """Looks at the pages of one master, which reported twice."""
    with empty_warehouse() as warehouse:
        warehouse.load(sightings(range(1, 2), date(2026, 9, 1), date(2026, 10, 2)), inbox="a", through=1)
        yield visitor(warehouse, UNTIL)[0]
