"""The tables in ClickHouse: those of DuckDB, each row in a row set of a version, and what tells which of these are there.

A row is there once its version is committed, until its row set is dead; see `_snapshot`. All rows of a family (a stock
pseudonym and those with a secret that came with it) are on one shard.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from headcount.warehouse._columns import COLUMNS
from headcount.warehouse.clickhouse._address import Address

SCHEMA = 1
"""The number of the schema: a warehouse with a larger one was written by a newer Headcount."""

SHARED = ("family", "version", "rowset")
"""The columns of every table beside its own: what spreads it over the shards, and of which version and row set a row is."""

ROWSETS = 32
"""So many of the low bits of a row set are its number within its version; the others are the version's."""

_SHARED = ", ".join(f"{name} UInt64" for name in SHARED)
_PROFILES = ", ".join(f"{column.name} {column.clickhouse}" for column in COLUMNS)

_FINE = (
    256  # rows that are read at a time of what a load looks up family by family: it takes half as long as with 8,192
)


class Table(NamedTuple):
    """The own columns of a table; what its rows are ordered by; and the day by whose month its rows lie apart, if any."""

    columns: str
    order: str = "family"
    day: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its own columns."""
        return tuple(column.split(" ", 1)[0] for column in self.columns.split(", "))

    def create(self, name: str, engine: str) -> str:
        """Return the statement that makes it."""
        partition = f"PARTITION BY toYYYYMM({self.day}) " if self.day else ""
        fine = f" SETTINGS index_granularity = {_FINE}" if self.order.startswith("family") else ""
        return f"CREATE TABLE {name} ({self.columns}, {_SHARED}) ENGINE = {engine} {partition}ORDER BY ({self.order}){fine}"


TABLES: Mapping[str, Table] = {
    # What reports say, and when they came.
    "profiles": Table(f"profile UInt64, {_PROFILES}", "profile"),
    "classes": Table("class UInt16, name String, kind String", "class"),
    "sightings": Table("install UInt64, day Date, profile UInt64, last UInt32", "family, install, day", "day"),
    "anonymous": Table("day Date, profile UInt64", "day, profile", "day"),
    "drops": Table("day Date, kind String, body UInt64", "day, kind, body", "day"),
    "origins": Table(
        "install UInt64, stock UInt64, first_at UInt32, first_profile UInt64, agrees UInt8", "family, install"
    ),
    "repeats": Table("install UInt64, profile UInt64, last UInt32", "family, install"),
    "crowded": Table("install UInt64, day Date", "family, install"),
    "later": Table(
        "install UInt64, profile UInt64, last UInt32, noted UInt32, stock UInt64, crowded UInt8", "family, install"
    ),
    "veterans": Table("install UInt64", "family, install"),
    "tombstones": Table("install UInt64, until UInt32", "family, install"),
    "reports": Table("report UInt64, day Date", "report", "day"),
    # Derived of those.
    "pairs": Table("install UInt64, stock UInt64, confirmed Date, stock_until Date", "family, install"),
    "pair_sightings": Table("install UInt64, day Date, profile UInt64, last UInt32", "family, day"),
    "month": Table("m Date, install UInt64, profile UInt64, days UInt8, last UInt32", "m, install"),
    "latest": Table("install UInt64, profile UInt64, last UInt32", "install"),
    "first": Table("install UInt64, release UInt32, day Date, upto Date", "install, release"),
    "births": Table("install UInt64, day Date, second Date, earliest Date", "family, install"),
    "spells": Table("install UInt64, profile UInt64, day Date, upto Date", "day, install"),
    "daily": Table("day Date, installs UInt32, newcomers UInt32", "day"),
    "floods": Table("day Date, newcomers UInt32, bound UInt32", "day"),
    "quarantine": Table("install UInt64, came Date, released Date", "install"),
    "comebacks": Table("install UInt64, day Date", "install, day"),
    # What is known of the warehouse itself.
    "published": Table("install UInt64, profile UInt64", "install"),
    "facts": Table("name String, value String", "name"),
    "documents": Table("name String, document String", "name"),
    "marks": Table("inbox String, through UInt64", "inbox"),
    "receipts": Table("receipt String, asked UInt32, disk UInt32, erased UInt64", "receipt"),
    # Which row set a family, a day or a whole table has, and which row sets are no more.
    "rowsets": Table("kind UInt8, unit UInt64", "kind, unit"),
    "dead": Table("dead_rowset UInt64", "version, dead_rowset"),
}
"""By name; the columns are those of DuckDB's tables of the same name, in the same order, and no NULL is in them."""

_OF_FIRST = {
    "dead",
    "facts",
    "documents",
    "marks",
    "receipts",
    "classes",
    "daily",
    "floods",
}  # small: whole on one shard

LEDGER: Mapping[str, str] = {
    "commits": "version UInt64, aborted UInt8, noted DateTime DEFAULT now()",
    "states": "version UInt64, corrections UInt64, held_since Date, expired UInt64, expired_before Date",
    "schema": "number UInt32",
}
"""The columns of the tables that say which versions there are: small, on the first shard alone, and in no version."""


def local(name: str, address: Address) -> str:
    """Return the name of the table that is on each server: over a cluster the name alone is that of the whole."""
    return f"{name}_local" if address.cluster else name


def statements(address: Address) -> Iterator[tuple[str, str]]:
    """Yield for each table on a server its name, and the statement that makes it; a whole one stands after its parts."""
    for name, table in TABLES.items():
        yield local(name, address), table.create(local(name, address), _engine(name, address))
        if address.cluster:
            key = "0" if name in _OF_FIRST else "family"
            yield name, f"CREATE TABLE {name} ({table.columns}, {_SHARED}) ENGINE = {_whole(name, address, key)}"
    for name, columns in LEDGER.items():
        yield (
            local(name, address),
            (f"CREATE TABLE {local(name, address)} ({columns}) ENGINE = {_engine(name, address)} ORDER BY tuple()"),
        )
        if address.cluster:
            yield name, f"CREATE TABLE {name} ({columns}) ENGINE = {_whole(name, address, '0')}"


def _whole(name: str, address: Address, key: str) -> str:
    return f"Distributed({address.cluster}, {address.database}, {local(name, address)}, {key})"


def _engine(name: str, address: Address) -> str:
    if address.replicas:
        return f"ReplicatedMergeTree('/clickhouse/tables/{{shard}}/{address.database}/{name}', '{{replica}}')"
    return "MergeTree"
