"""Migrations: numbered SQL files that bring an older warehouse up to date, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import duckdb

_TABLES = "SELECT table_name FROM duckdb_tables() WHERE NOT temporary"


@cache
def migrations() -> Mapping[int, str]:
    """Return the migrations that this Headcount has: number → SQL."""
    directory = files("headcount.warehouse.duckdb").joinpath("sql", "migrations")
    return {
        int(file.name.partition("_")[0]): file.read_text(encoding="utf-8")
        for file in directory.iterdir()
        if file.name.endswith(".sql")
    }


def migrate(db: duckdb.DuckDBPyConnection, where: str, known: Mapping[int, str] | None = None) -> list[int]:
    """Run the migrations that ``db`` lacks, in order, and return their numbers.

    Raises ValueError where ``db`` is no warehouse, or has a migration that is not known: a newer Headcount wrote it.
    """
    steps = migrations() if known is None else known
    tables = {name for (name,) in db.execute(_TABLES).fetchall()}
    if tables and "migrations" not in tables:
        raise ValueError(f"{where} is a DuckDB file, but no warehouse of Headcount's: give another directory")
    if not tables:
        db.execute("CREATE TABLE migrations (number UINTEGER NOT NULL)")
    done = {number for (number,) in db.execute("SELECT number FROM migrations").fetchall()}
    if done - steps.keys():
        raise ValueError(f"{where} was written by a newer Headcount (migration {max(done)}): install that one")
    missing = sorted(steps.keys() - done)
    for number in missing:
        db.execute("BEGIN")
        try:
            db.execute(steps[number])
            db.execute("INSERT INTO migrations VALUES (?)", [number])
        except duckdb.Error:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")
    return missing
