"""Servers of ClickHouse, two shards, and databases on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import cast

import pytest

from headcount.warehouse.clickhouse import Address
from headcount.warehouse.clickhouse._connection import connect
from headcount.warehouse.clickhouse._servers import Servers
from headcount.warehouse.clickhouse._tables import prepare
from tests.support.engines import Engine
from tests.support.engines.databases import Databases


@pytest.fixture(scope="session")
def databases(engines: Callable[[str], Engine]) -> Databases:
    """What gives databases that are not there yet."""
    return cast("Databases", engines("cluster"))


@pytest.fixture
def address(databases: Databases) -> Address:
    """The address of a database that is not there yet."""
    return databases.new()


@pytest.fixture(scope="session")
def place(databases: Databases) -> Address:
    """The address of a database for many tests, which leave it whole: to make its tables takes most of the time of one."""
    address = databases.new()
    with closing(Servers(address, connect)) as servers:
        prepare(servers, lambda: True, lambda: None)
    return address


@pytest.fixture
def servers(place: Address) -> Iterator[Servers]:
    """The servers of `place`, as a process has them."""
    with closing(Servers(place, connect)) as opened:
        yield opened


@pytest.fixture(
    scope="session",
    params=[pytest.param("recent", marks=pytest.mark.soak), pytest.param("cluster", marks=pytest.mark.ci)],
)
def each_clickhouse(request: pytest.FixtureRequest, engines: Callable[[str], Engine]) -> Databases:
    """A recent ClickHouse, or two shards of an old one."""
    engine = engines(request.param)
    assert isinstance(engine, Databases)
    return engine
