"""The servers of a warehouse: how they are found, and connections to them."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from headcount.warehouse._errors import WarehouseUnavailable, WrongWarehouse
from headcount.warehouse.clickhouse._address import Address
from headcount.warehouse.clickhouse._connection import Connect, Connection

_CLUSTER = "SELECT host_name, port FROM system.clusters WHERE cluster = $cluster ORDER BY shard_num, replica_num"


class Servers:
    """The servers at an address, and a pool of connections to each. Safe in any thread."""

    def __init__(self, address: Address, connect: Connect) -> None:
        self.address = address
        self._connect = connect
        self._idle: defaultdict[Address, list[Connection]] = defaultdict(list)
        self._lock = threading.Lock()
        self._all: list[Address] = []
        self._answered = address
        self._is_closed = False

    @contextmanager
    def connection(self, address: Address | None = None) -> Iterator[Connection]:
        """Yield a connection to a server that nobody else uses meanwhile; None: to that of the URL.

        Where shards have replicas, another server stands in for that of the URL while it is away. Raises
        `WarehouseUnavailable`.
        """
        place = address or (self._reachable() if self.address.replicas else self.address)
        with self._lock:
            idle = self._idle[place]
            connection = idle.pop() if idle else None
        connection = connection or self._connect(place)
        try:
            yield connection
        except BaseException:
            connection.close()  # whatever it was in the middle of
            raise
        with self._lock:
            is_closed = self._is_closed
            if not is_closed:
                self._idle[place].append(connection)
        if is_closed:
            connection.close()

    @property
    def all(self) -> list[Address]:
        """The addresses of all servers, the first shard's first. Raises `WarehouseUnavailable`."""
        if not self._all:
            self._all = self._find()
        return self._all

    @property
    def first(self) -> Address:
        """The address of the server on which versions are taken. Raises `WarehouseUnavailable`."""
        return self.all[0]

    def close(self) -> None:
        """Close all connections: those in use once they are given back."""
        with self._lock:
            self._is_closed = True
            idle = [connection for each in self._idle.values() for connection in each]
            self._idle.clear()
        for connection in idle:
            connection.close()

    def _reachable(self) -> Address:
        """Return the server that answered last, or the next one that does. Raises `WarehouseUnavailable` where none does."""
        places = dict.fromkeys((self._answered, self.address, *self._all))
        troubles = []
        for place in places:
            trouble = self._trouble(place)
            if trouble is None:
                self._answered = place
                return place
            troubles.append(trouble)
        raise troubles[0]

    def _trouble(self, place: Address) -> WarehouseUnavailable | None:
        """Return why a server does not answer; None where it does."""
        try:
            with self.connection(place) as connection:
                connection.query("SELECT 1", {})
        except WarehouseUnavailable as error:
            return error
        return None

    def _find(self) -> list[Address]:
        system = replace(self.address, database="system")
        with self.connection(system) as connection:
            if self.address.cluster is None:
                return [self.address]
            rows = connection.query(_CLUSTER, {"cluster": self.address.cluster})
        if not rows:
            raise WrongWarehouse(
                f"the ClickHouse server {self.address.host}:{self.address.port} knows no cluster "
                f"{self.address.cluster}: give the name that stands in its <remote_servers>"
            )
        return [self.address.at(str(host), int(port)) for host, port in rows]

    def look_again(self) -> None:
        """Look which servers there are. Raises `WarehouseUnavailable`, and `WrongWarehouse` where they do not agree."""
        self._all = self._find()
        self._compare()

    def _compare(self) -> None:
        """Raise `WrongWarehouse` where the servers do not agree which of them is the first: each would take versions."""
        for address in self._all if self.address.cluster else ():
            with self.connection(replace(address, database="system")) as connection:
                rows = connection.query(_CLUSTER, {"cluster": self.address.cluster or ""})
            if [address.at(str(host), int(port)) for host, port in rows] != self._all:
                raise WrongWarehouse(
                    f"the ClickHouse server {address.host}:{address.port} knows another cluster {self.address.cluster} than "
                    f"{self.address.host}:{self.address.port} does: give all the same <remote_servers>"
                )
