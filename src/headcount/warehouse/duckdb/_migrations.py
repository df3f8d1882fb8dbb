"""Migrations: numbered SQL files that bring an older warehouse up to date, all or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files

import duckdb

from headcount.warehouse._floods import FloodRule
from headcount.warehouse._port import Progress
from headcount.warehouse.duckdb._janitors import subtract_janitors
from headcount.warehouse.duckdb._publications import rename_published
from headcount.warehouse.duckdb._quarantine import rebuild
from headcount.warehouse.duckdb._scripts import derive_spells

_PAIRS, _JANITORS, _SPELLS = 2, 3, 4
_OTHERS = "SELECT table_name FROM duckdb_tables() WHERE NOT temporary AND table_name <> 'migrations' LIMIT 1"


@cache
def migrations() -> Mapping[int, str]:
    """Return the migrations that this Headcount has: number → SQL."""
    directory = files("headcount.warehouse.duckdb").joinpath("sql", "migrations")
    return {
        int(file.name.partition("_")[0]): file.read_text(encoding="utf-8")
        for file in directory.iterdir()
        if file.name.endswith(".sql")
    }


def migrate(
    db: duckdb.DuckDBPyConnection,
    where: str,
    known: Mapping[int, str] | None = None,
    *,
    new: bool = False,
    then: Callable[[duckdb.DuckDBPyConnection, Sequence[int]], None] | None = None,
) -> list[int]:
    """Run the migrations that ``db`` lacks, in order, and return their numbers.

    ``new``: whether it was only made now, and nobody's tables can be in it; ``then``: what is done in the same transaction
    where it was not, and lacked these. Raises ValueError where ``db`` is no warehouse,
    or has a migration that is not known: a newer Headcount wrote it.
    """
    steps = migrations() if known is None else known
    db.execute("BEGIN")
    try:
        missing = _missing(db, where, steps, new=new)
        for number in missing:
            db.execute(steps[number])
            db.execute("INSERT INTO migrations VALUES (?)", [number])
        if missing and not new and then is not None:
            then(db, missing)
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    return missing


def judge_anew(db: duckdb.DuckDBPyConnection, migrated: Sequence[int], rule: FloodRule, progress: Progress) -> None:
    """Judge what an older warehouse holds by the rules that came with these migrations, in the caller's transaction."""
    if _JANITORS in migrated:
        subtract_janitors(db, progress)
    if _PAIRS in migrated:
        rebuild(db, rule)
        rename_published(db)
    elif _SPELLS in migrated:
        derive_spells(db)


def _missing(db: duckdb.DuckDBPyConnection, where: str, steps: Mapping[int, str], *, new: bool) -> list[int]:
    db.execute("CREATE TABLE IF NOT EXISTS migrations (number UINTEGER NOT NULL)")
    done = {number for (number,) in db.execute("SELECT number FROM migrations").fetchall()}
    if not done and not new and db.execute(_OTHERS).fetchone():
        raise ValueError(f"{where} is a DuckDB file, but no warehouse of Headcount's: give another directory")
    if done - steps.keys():
        raise ValueError(f"{where} was written by a newer Headcount (migration {max(done)}): install that one")
    return sorted(steps.keys() - done)
