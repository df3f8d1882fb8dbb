"""The tables that each server must have: what is there is looked at on all of them, before what is missing is made."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from headcount.warehouse._errors import WrongWarehouse
from headcount.warehouse.clickhouse._address import FORM, Address
from headcount.warehouse.clickhouse._connection import ALREADY_EXISTS, Connection, ServerError
from headcount.warehouse.clickhouse._schema import LEDGER, SCHEMA, TABLES, local, statements
from headcount.warehouse.clickhouse._servers import Servers

OLDEST = (18, 16)
"""The oldest release of ClickHouse that is known to do."""

_DUPLICATE_COLUMN = 15
_PERMANENT = {164, 192, 193, 194, 291, 497, 516}  # the user, the password, its rights
_READ_FIRST = {*LEDGER, "dead", "facts"}  # by which the key is known

_PARTS = "SELECT count() FROM system.parts WHERE database = $database AND active = 1"
_TABLES = "SELECT name, engine FROM system.tables WHERE database = $database"
_COLUMNS = "SELECT table, name FROM system.columns WHERE database = $database"
_DATABASE = "SELECT name FROM system.databases WHERE name = $database"


@dataclass(frozen=True)
class _Found:
    """What is on a server: whether there is the database, its tables with their engines, and the schema's number, or 0."""

    database: bool
    tables: Mapping[str, str] = field(default_factory=dict)
    schema: int = 0


def prepare(servers: Servers, may_create: Callable[[], bool], check: Callable[[], object]) -> None:
    """Make what is missing: the database, tables, columns.

    What is there is looked at first, on every server. A database that a server lacks is made if ``may_create`` returns true
    and no server holds rows; else the server has lost it, and what the others hold would be taken for the whole. ``check``
    is called before anything is changed, where it can be known of which key the warehouse is, and raises what is wrong with
    that. Raises `WrongWarehouse` where what is there is nothing for this Headcount, and `WarehouseUnavailable`.
    """
    try:
        servers.look_again()
        found = {address: _look(servers, address) for address in servers.all}
        _refuse(servers, found, may_create)
        if all(each.tables.keys() >= _READ_FIRST for each in found.values()):
            check()
        for address in [address for address, each in found.items() if not each.database]:
            with servers.connection(replace(address, database="system")) as connection:
                connection.execute(f"CREATE DATABASE IF NOT EXISTS {address.database}")
        for address in servers.all:
            _complete(servers, address)
        if max(each.schema for each in found.values()) < SCHEMA:  # an older Headcount refuses it then
            with servers.connection() as connection:
                connection.insert("schema", ["number"], [(SCHEMA,)])
    except ServerError as error:
        if error.code in _PERMANENT:
            raise WrongWarehouse(str(error)) from None
        raise


def lacking(servers: Servers, address: Address) -> list[str]:
    """Return the tables and columns that a server lacks. Raises `WarehouseUnavailable`."""
    with servers.connection(address) as connection:
        return [what for what, _ in _lacking(connection, address)]


def _look(servers: Servers, address: Address) -> _Found:
    """Return what is on a server. Raises `WrongWarehouse` where the server is too old."""
    values = {"database": address.database}
    with servers.connection(replace(address, database="system")) as connection:
        ((version,),) = connection.query("SELECT version()", {})
        if _release(str(version)) < OLDEST:
            wanted = ".".join(map(str, OLDEST))
            raise WrongWarehouse(
                f"the ClickHouse server {_place(address)} is {version}: Headcount needs {wanted} or newer"
            )
        databases = connection.query(_DATABASE, values)
        tables: dict[str, str] = dict(connection.query(_TABLES, values))
    name = "schema_local" if "schema_local" in tables else "schema"
    if tables.get(name, "Distributed") == "Distributed":
        return _Found(bool(databases), tables)
    with servers.connection(address) as connection:
        rows = connection.query(f"SELECT number FROM {name}", {})  # noqa: S608  # our own name
    return _Found(bool(databases), tables, max((number for (number,) in rows), default=0))


def _refuse(servers: Servers, found: Mapping[Address, _Found], may_create: Callable[[], bool]) -> None:
    """Raise `WrongWarehouse` where what is on the servers will not do."""
    schema = max(each.schema for each in found.values())
    for address, each in found.items():
        if each.tables:
            _refuse_tables(address, each.tables)
        lost = _lost(address, each.tables) if schema == SCHEMA and each.tables else []
        if lost:
            raise WrongWarehouse(
                f"the ClickHouse server {_place(address)} has lost the table {lost[0]}: bring a backup back"
            )
    if schema > SCHEMA:
        raise WrongWarehouse(
            f"the database {servers.address.database} was written by a newer Headcount (schema {schema}): install that one"
        )
    missing = [address for address, each in found.items() if not each.database]
    if missing and (_hold_rows(servers, missing) or not may_create()):
        raise WrongWarehouse(
            f"the ClickHouse server {_place(missing[0])} has lost the database {servers.address.database}: bring it back "
            "from a backup, or make it by CREATE DATABASE where nothing is to be brought back"
        )


def _refuse_tables(address: Address, tables: Mapping[str, str]) -> None:
    """Raise `WrongWarehouse` where tables are none of Headcount's, or of a warehouse of another kind than the URL says."""
    database = f"the database {address.database} on {_place(address)}"
    names = {name.removesuffix("_local") for name in tables}
    if not names & {*TABLES, *LEDGER}:
        raise WrongWarehouse(
            f"{database} holds tables that are none of Headcount's: give a database of its own in the URL"
        )
    if "schema_local" in tables and address.cluster is None:
        raise WrongWarehouse(f"{database} is a part of a cluster's: give the cluster's name in the URL, as in {FORM}")
    if "schema" in tables and "schema_local" not in tables and address.cluster is not None:
        raise WrongWarehouse(f"{database} is that of a server which stands alone: give the URL without ?cluster=")
    engine = tables.get(local("schema", address), "")
    if engine and engine.startswith("Replicated") != address.replicas:
        option = "with &replicas=yes" if not address.replicas else "without &replicas=yes"
        raise WrongWarehouse(
            f"{database} {'has' if not address.replicas else 'has no'} replicas: give the URL {option}"
        )


def _lost(address: Address, tables: Mapping[str, str]) -> list[str]:
    """Return which tables that hold rows a server lacks."""
    return [name for name in (local(each, address) for each in (*TABLES, *LEDGER)) if name not in tables]


def _hold_rows(servers: Servers, lacking_it: Collection[Address]) -> bool:
    """Return whether one of the servers that do not lack the database holds rows in it."""
    return any(_holds_rows(servers, address) for address in servers.all if address not in lacking_it)


def _holds_rows(servers: Servers, address: Address) -> bool:
    with servers.connection(replace(address, database="system")) as connection:
        ((count,),) = connection.query(_PARTS, {"database": address.database})
    return int(count) > 0


def _complete(servers: Servers, address: Address) -> None:
    """Make the tables and columns that a server lacks; another process may do the same at the same time."""
    with servers.connection(address) as connection:
        for _, statement in list(_lacking(connection, address)):
            _ignoring_another(connection, statement)


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
        if name not in held:
            yield name, statement
            continue
        table = name.removesuffix("_local")
        columns = TABLES[table].columns if table in TABLES else LEDGER[table]
        for column in columns.split(", "):
            if column.split(" ", 1)[0] not in held[name]:
                yield f"{name}.{column}", f"ALTER TABLE {name} ADD COLUMN {column}"


def _place(address: Address) -> str:
    return f"{address.host}:{address.port}"


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])
