"""Warehouses that pages are made of: of many masters, of one, and of none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from tests.support.dropping import masters, warehouse_of
from tests.support.loaded import empty_warehouse
from tests.support.sites import Site

_QUARTER = date(2026, 9, 30)
_TODAY = _QUARTER + timedelta(days=30)


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    """A fleet of 420, of which some use CVS, and used it a year before."""
    with warehouse_of(masters(), _QUARTER) as warehouse:
        yield Site(warehouse, _TODAY)


@pytest.fixture(scope="package")
def lone() -> Iterator[Site]:
    """One master alone, which uses CVS."""
    with warehouse_of(masters(6)[5:], _QUARTER) as warehouse:
        yield Site(warehouse, _TODAY)


@pytest.fixture(scope="package")
def bare() -> Iterator[Site]:
    """No report at all."""
    with empty_warehouse() as warehouse:
        yield Site(warehouse, _TODAY)
