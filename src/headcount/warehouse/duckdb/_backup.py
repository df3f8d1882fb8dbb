"""Opening a backup: what it is of, and the files that went with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import duckdb

from headcount.warehouse._errors import WarehouseUnavailable
from headcount.warehouse.duckdb._copies import COMPANIONS


class Backup(NamedTuple):
    """A backup: the fingerprint of its pseudonym key, None where it has none yet, and the files that went with it."""

    key: str | None
    companions: Mapping[str, bytes]


def open_backup(file: Path) -> Backup:
    """Make a warehouse of ``file``, a copy of a backup: the files that went with it are taken out and returned.

    Raises ValueError where the file is no backup; `WarehouseUnavailable` where it cannot be read.
    """
    try:
        with duckdb.connect(str(file)) as db:
            return _open(db)
    except duckdb.Error as error:
        raise WarehouseUnavailable(str(error).partition("\n")[0]) from error


def _open(db: duckdb.DuckDBPyConnection) -> Backup:
    tables = {name for (name,) in db.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if not {"migrations", "facts", "sightings"} <= tables:
        raise ValueError("it is no backup of Headcount's")
    row = db.execute("SELECT value FROM facts WHERE name = 'key'").fetchone()
    key = None if row is None else str(row[0])
    if COMPANIONS not in tables:  # a copy of the file itself
        return Backup(key, {})
    companions = dict(db.execute(f"SELECT name, content FROM {COMPANIONS}").fetchall())  # noqa: S608  # our own name
    db.execute(f"DROP TABLE {COMPANIONS}")
    return Backup(key, companions)
