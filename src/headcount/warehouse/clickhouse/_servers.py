"""The servers of a warehouse: how they are found, connections to them, and the tables that each must have."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace

from headcount.warehouse._errors import WarehouseUnavailable, WrongWarehouse
from headcount.warehouse.clickhouse._address import Address
from headcount.warehouse.clickhouse._connection import ALREADY_EXISTS, Connect, Connection, ServerError
from headcount.warehouse.clickhouse._schema import SCHEMA, TABLES, local, statements

OLDEST = (18, 16)
"""The oldest release of ClickHouse that is known to do."""

_NO_DATABASE = 81
_DUPLICATE_COLUMN = 15
_PERMANENT = {164, 192, 193, 194, 291, 497, 516}  # the user, the password, its rights

_CLUSTER = "SELECT host_name, port FROM system.clusters WHERE cluster = $cluster ORDER BY shard_num, replica_num"
_PARTS = "SELECT count() FROM system.parts WHERE database = $database AND active = 1"
_TABLES = "SELECT name FROM system.tables WHERE database = $database"
_COLUMNS = "SELECT table, name FROM system.columns WHERE database = $database"


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

    def prepare(self, may_create: Callable[[], bool]) -> None:
        """Make what is missing: the database, tables, columns. What is there is looked at first, on every server.

        A database that a server lacks is made if ``may_create`` returns true and no server holds rows; else the server has
        lost it, and what the others hold would be taken for the whole. Raises `WrongWarehouse` before anything is changed
        where that is so, or what is there is nothing for this Headcount, and `WarehouseUnavailable`.
        """
        try:
            self._all = self._find()
            self._compare()
            missing = [address for address in self._all if not self._examine(address)]
            if missing and (self._hold_rows(missing) or not may_create()):
                raise WrongWarehouse(
                    f"the ClickHouse server {missing[0].host}:{missing[0].port} has lost the database "
                    f"{self.address.database}: bring it back from a backup, or make it by CREATE DATABASE where nothing is "
                    "to be brought back"
                )
            for address in missing:
                with self.connection(replace(address, database="default")) as connection:
                    connection.execute(f"CREATE DATABASE IF NOT EXISTS {address.database}")
            for address in self._all:
                self._complete(address)
            with self.connection() as connection:
                numbers = connection.query("SELECT number FROM schema", {})
                if max((number for (number,) in numbers), default=0) < SCHEMA:  # an older Headcount refuses it then
                    connection.insert("schema", ["number"], [(SCHEMA,)])
        except ServerError as error:
            if error.code in _PERMANENT:
                raise WrongWarehouse(str(error)) from None
            raise

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

    def _hold_rows(self, lacking: Collection[Address]) -> bool:
        """Return whether one of the servers that do not lack the database holds rows in it."""
        return any(self._holds_rows(address) for address in self._all if address not in lacking)

    def _holds_rows(self, address: Address) -> bool:
        with self.connection(replace(address, database="system")) as connection:
            ((count,),) = connection.query(_PARTS, {"database": address.database})
        return int(count) > 0

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

    def _examine(self, address: Address) -> bool:
        """Return whether a server has the database. Raises `WrongWarehouse` where it, or what is in it, will not do."""
        place = f"{address.host}:{address.port}"
        with self.connection(replace(address, database="system")) as connection:
            ((version,),) = connection.query("SELECT version()", {})
            if _release(str(version)) < OLDEST:
                wanted = ".".join(map(str, OLDEST))
                raise WrongWarehouse(f"the ClickHouse server {place} is {version}: Headcount needs {wanted} or newer")
            databases = connection.query(
                "SELECT name FROM system.databases WHERE name = $database", {"database": address.database}
            )
            tables = {str(name) for (name,) in connection.query(_TABLES, {"database": address.database})}
        ours = {local("schema", address), *(local(name, address) for name in TABLES)}
        if tables and not tables & ours:
            raise WrongWarehouse(
                f"the database {address.database} on {place} holds tables that are none of Headcount's: "
                "give a database of its own in the URL"
            )
        if local("schema", address) in tables:
            with self.connection(address) as connection:
                rows = connection.query(f"SELECT number FROM {local('schema', address)}", {})  # noqa: S608  # our own name
            number = max((number for (number,) in rows), default=0)
            if number > SCHEMA:
                raise WrongWarehouse(
                    f"the database {address.database} on {place} was written by a newer Headcount (schema {number}): "
                    "install that one"
                )
        return bool(databases)

    def _complete(self, address: Address) -> None:
        """Make the tables and columns that a server lacks; another process may do the same at the same time."""
        with self.connection(address) as connection:
            for _, statement in list(_lacking(connection, address)):
                _ignoring_another(connection, statement)

    def lacking(self, address: Address) -> list[str]:
        """Return the tables and columns that a server lacks. Raises `WarehouseUnavailable`."""
        with self.connection(address) as connection:
            return [what for what, _ in _lacking(connection, address)]


def _ignoring_another(connection: Connection, statement: str) -> None:
    """Run a statement that makes what another process may have made in the meantime."""
    try:
        connection.execute(statement)
    except ServerError as error:
        if error.code not in (ALREADY_EXISTS, _DUPLICATE_COLUMN):
            raise


def _lacking(connection: Connection, address: Address) -> Iterator[tuple[str, str]]:
    """Yield each table and each column that a server lacks, with the statement that makes it."""
    held: defaultdict[str, set[str]] = defaultdict(set)
    for table, column in connection.query(_COLUMNS, {"database": address.database}):
        held[str(table)].add(str(column))
    for name, statement in statements(address):
        wanted = TABLES.get(name.removesuffix("_local"))
        if name not in held:
            yield name, statement
        elif wanted is not None:
            for column in wanted.columns.split(", "):
                if column.split(" ", 1)[0] not in held[name]:
                    yield f"{name}.{column}", f"ALTER TABLE {name} ADD COLUMN {column}"


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])
