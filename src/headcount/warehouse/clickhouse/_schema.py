"""The tables in ClickHouse: those of DuckDB on each shard, and over each of them a table of all shards.

Rows that are delivered twice collapse when ClickHouse merges them, if ever: no question relies on it.
"""

from __future__ import annotations

from headcount.warehouse._columns import COLUMNS

_PROFILES = ", ".join(f"{column.name} {column.clickhouse}" for column in COLUMNS)

# name: (columns, engine, what spreads the rows over the shards)
_TABLES = {
    "profiles": (f"profile UInt64, {_PROFILES}", "ReplacingMergeTree ORDER BY profile", "profile"),
    "classes": ("class UInt16, name String, kind String", "ReplacingMergeTree ORDER BY class", "class"),
    "sightings": (
        "install UInt64, day Date, profile UInt64, last UInt32",
        "ReplacingMergeTree(last) PARTITION BY toYYYYMM(day) ORDER BY (day, install, profile)",
        "install",
    ),
    "month": (
        "m Date, install UInt64, profile UInt64, days UInt8, last UInt32",
        "ReplacingMergeTree(last) PARTITION BY m ORDER BY (m, install)",
        "install",
    ),
    "latest": (
        "install UInt64, profile UInt64, last UInt32",
        "ReplacingMergeTree(last) ORDER BY install",
        "install",
    ),
    "first": (
        "install UInt64, release UInt32, day Date, upto Date",
        "ReplacingMergeTree(upto) ORDER BY (install, release, day)",
        "install",
    ),
    "births": (
        "install UInt64, day Date, second Date, earliest Date",
        "ReplacingMergeTree ORDER BY (install, day, second, earliest)",
        "install",
    ),
    "spells": (
        "install UInt64, profile UInt64, day Date, upto Date",
        "ReplacingMergeTree ORDER BY (install, day, upto, profile)",
        "install",
    ),
    "pairs": (
        "install UInt64, stock UInt64, confirmed Date, stock_until Date",
        "ReplacingMergeTree ORDER BY (stock, install)",
        "stock",
    ),
    "pair_sightings": (
        "install UInt64, day Date, profile UInt64, last UInt32",
        "ReplacingMergeTree(last) PARTITION BY toYYYYMM(day) ORDER BY (day, install, profile)",
        "install",
    ),
    "anonymous": ("day Date, profile UInt64", "ReplacingMergeTree ORDER BY (day, profile)", "profile"),
    "drops": ("day Date, kind String, body UInt64", "ReplacingMergeTree ORDER BY (day, kind, body)", "body"),
    "quarantine": (
        "install UInt64, came Date, released Date",
        "ReplacingMergeTree ORDER BY (install, came, released)",
        "install",
    ),
    "floods": ("day Date, newcomers UInt32, bound UInt32", "ReplacingMergeTree ORDER BY day", "toRelativeDayNum(day)"),
    "daily": (
        "day Date, installs UInt32, newcomers UInt32",
        "ReplacingMergeTree ORDER BY day",
        "toRelativeDayNum(day)",
    ),
}

TABLES = tuple(_TABLES)
"""The names of the tables that questions ask."""


def single() -> list[str]:
    """Return the statements that make the tables on a single server."""
    return [f"CREATE TABLE {name} ({columns}) ENGINE = {engine}" for name, (columns, engine, _) in _TABLES.items()]


def shard(cluster: str, database: str) -> list[str]:
    """Return the statements that make the tables on each server of a cluster: its own part, and the whole."""
    statements = [f"CREATE DATABASE {database}"]
    for name, (columns, engine, key) in _TABLES.items():
        local = f"{name}_local"
        statements += [
            f"CREATE TABLE {database}.{local} ({columns}) ENGINE = {engine}",
            f"CREATE TABLE {database}.{name} ({columns}) ENGINE = Distributed({cluster}, {database}, {local}, {key})",
        ]
    return statements
