"""Each engine, and an empty warehouse of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from headcount.warehouse import Warehouse
from tests.support.warehouses import ENGINES, Engine


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """What opens a warehouse of an engine."""
    return ENGINES[request.param]


@pytest.fixture
def warehouse(engine: Engine) -> Iterator[Warehouse]:
    """An empty warehouse in memory."""
    with closing(engine()) as opened:
        yield opened
