"""The engines over which the suites run: how each opens a warehouse.

recent          a ClickHouse of 2026 in this process
databases       warehouses in the databases of a ClickHouse
breaks          connections that break at a statement
interruptions   changes of a warehouse that break there, and are repeated
pauses          connections of a process that is stopped at a statement
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from headcount.warehouse import Warehouse
from headcount.warehouse.clickhouse._address import Address
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.clickhouse import NAME, Cluster, clickhouse_missing
from tests.support.engines.databases import Databases
from tests.support.engines.recent import Recent
from tests.support.requires import require

ENGINES = ("duckdb", "recent", "cluster")
"""By name: DuckDB, a recent ClickHouse on a single server, and two shards of Debian's."""


class Engine(Protocol):
    """Opens a warehouse: a new one, or the one at a path, which is made where there is none."""

    def __call__(self, path: Path | None = None, key: str | None = None) -> Warehouse: ...


@contextmanager
def started(name: str, directory: Path) -> Iterator[Engine]:
    """Yield an engine; the servers that it has write under ``directory``, and are ended with all that they hold."""
    if name == "duckdb":
        yield duckdb
    elif name == "recent":
        with closing(Recent(directory)) as server:
            yield Databases(Address("this process"), server.connect)
    else:
        require(clickhouse_missing())
        with Cluster(directory) as servers:
            yield Databases(Address("127.0.0.1", servers.ports[0], cluster=NAME))


def duckdb(path: Path | None = None, key: str | None = None) -> DuckWarehouse:
    """Open one of DuckDB, in memory unless there is a path."""
    return DuckWarehouse(":memory:" if path is None else path, key, threads=1)  # quicker where there is little
