"""Warehouses in the databases of a ClickHouse: each new one has a database of its own, which goes some time after it."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path

from headcount.warehouse.clickhouse import ClickHouseWarehouse
from headcount.warehouse.clickhouse._address import Address
from headcount.warehouse.clickhouse._connection import Connect, connect

_MOST = 24  # databases of closed warehouses; to drop one takes 18.16 longer than to make it


class Databases:
    """Opens warehouses on the servers at an address, whose databases end with the servers at the latest."""

    def __init__(self, address: Address, opens: Connect = connect) -> None:
        """``opens`` opens a connection."""
        self.address = address
        self.opens = opens
        self._numbers = count(1)
        self._done: list[str] = []

    def __call__(self, path: Path | None = None, key: str | None = None) -> ClickHouseWarehouse:
        """Open a new warehouse, whose database is of no use once it is closed, or the one at a path."""
        address = self.new() if path is None else self.at(path)
        if path is not None:
            return ClickHouseWarehouse(address, key, connect=self.opens)
        return _Passing(self, address, key)

    def new(self) -> Address:
        """Return the address of a database that is not there yet."""
        return replace(self.address, database=f"w{next(self._numbers)}")

    def at(self, path: Path) -> Address:
        """Return the address of the database that stands for a path."""
        return replace(self.address, database=f"p{hashlib.sha256(str(path).encode()).hexdigest()[:16]}")

    def give_back(self, name: str) -> None:
        """Take a database that nobody uses any more."""
        self._done.append(name)
        if len(self._done) > _MOST:
            self._drop(self._done)

    def _drop(self, names: list[str]) -> None:
        for server in self._servers():
            with closing(self.opens(server)) as connection:
                for name in names:
                    connection.execute(f"DROP DATABASE IF EXISTS {name}")
        names.clear()

    def _servers(self) -> list[Address]:
        place = replace(self.address, database="default")
        if place.cluster is None:
            return [place]
        with closing(self.opens(place)) as connection:
            rows = connection.query(
                "SELECT host_address, port FROM system.clusters WHERE cluster = $cluster", {"cluster": place.cluster}
            )
        return [place.at(str(host), int(port)) for host, port in rows]


class _Passing(ClickHouseWarehouse):
    """A warehouse whose database nobody uses once it is closed."""

    def __init__(self, databases: Databases, address: Address, key: str | None) -> None:
        super().__init__(address, key, connect=databases.opens)
        self._databases = databases
        self._name = address.database

    def close(self) -> None:
        """Give the warehouse up, and its data."""
        super().close()
        self._databases.give_back(self._name)
