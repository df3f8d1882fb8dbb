"""Whole copies of the warehouse's file: a backup of it, and a rewritten file in its place.

DuckDB keeps the bytes of deleted rows in its file; a copy has none of them. And a copy has its rows in an order in which
they take least room: the rows of an installation stand together, with the same pseudonym and profile again and again.
"""

from __future__ import annotations

import errno
import itertools
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from headcount._disk import sync
from headcount.warehouse._errors import WarehouseUnavailable
from headcount.warehouse.duckdb._file import DuckFile

COMPANIONS = "companions"
"""The table of a backup that holds the files that go with it."""

LOGS = (".wal", ".wal.checkpoint", ".wal.recovery")
"""The ends of the names of the files in which DuckDB writes ahead what is not in its file yet."""

_PARTIAL = re.compile(r"\.partial\d*(\.wal)?")  # ends the name of a copy that is not whole yet
_numbers = itertools.count()  # DuckDB may hold on to a copy that failed, so the next one has another name

# Rows of the last months stand behind all others, so that a question about them skips those.
_ORDERS = {
    "sightings": "day >= $recent, install, day, last",
    "pair_sightings": "day >= $recent, install, day, last",
    "month": "m >= $recent, install, m",
    "latest": "install",
    "first": "install, day",
    "births": "install",
    "spells": "install, day",
    "profiles": "classes, depths, counts, answered, buildbot",
}
_STORED = """
SELECT table_name, list(column_name ORDER BY column_index)
FROM duckdb_columns()
JOIN (SELECT table_oid FROM duckdb_tables() WHERE database_name = $name AND NOT temporary) USING (table_oid)
WHERE database_name = $name AND NOT is_generated
GROUP BY table_name"""
_RECENT = "SELECT coalesce(max(m), DATE '1970-01-01') - INTERVAL 1 MONTH FROM month"


GROWTH = 0.08
"""A file is rewritten when it is larger by so much than when that was done."""

_LEAST = 8 << 20  # bytes; by less it is not worth the while


_APART = 86_400  # seconds; a history that is loaded at once would have the file rewritten again and again


def is_due(file: DuckFile, now: float, tried: int = 0) -> bool:
    """Return whether the file grew so much that it is to be rewritten, was not today, and has room for a copy.

    ``now``: Unix time; ``tried``: how many bytes it had when a rewrite failed.
    """
    path = Path(file.path)
    if not path.exists():  # it is in memory alone
        return False
    with file.transaction() as db:
        facts = dict(db.execute("SELECT name, value::BIGINT FROM facts WHERE name LIKE 'rewritten%'").fetchall())
    size = path.stat().st_size
    before = max(facts.get("rewritten", 0), tried)
    if abs(now - facts.get("rewritten at", 0)) < _APART:
        return False
    return size - before > max(_LEAST, before * GROWTH) and shutil.disk_usage(path.parent).free > 2 * size


def copy_to(file: DuckFile, target: Path, companions: Mapping[str, bytes] | None = None) -> None:
    """Write all that is in the warehouse to a file of its own, durably; one that is there is replaced at the end.

    ``companions``: files, by name, that go with it, which `headcount.warehouse.duckdb.open_backup` returns. Raises OSError
    or `WarehouseUnavailable` where there is no room for it or it cannot be written; then there is no new file.
    """
    _remove_partial(target)
    partial = target.with_name(f"{target.name}.partial{next(_numbers)}")
    try:
        with file.connection() as db:
            (name,) = db.execute("SELECT current_database()").fetchone() or ("",)
            _ask_for_room(db, Path(file.path), target.parent)
            with _attached(db, partial) as copied:
                partial.chmod(0o600)
                _copy(db, name, copied)
                if companions is not None:
                    db.execute(f"CREATE TABLE {copied}.{COMPANIONS} (name VARCHAR NOT NULL, content BLOB NOT NULL)")
                    for entry in companions.items():
                        db.execute(f"INSERT INTO {copied}.{COMPANIONS} VALUES (?, ?)", entry)  # noqa: S608  # our own names
                db.execute(f"CHECKPOINT {copied}")
        sync(partial)
        partial.replace(target)
        sync(target.parent)
    except BaseException:
        _remove_partial(target)
        raise


@contextmanager
def _attached(db: duckdb.DuckDBPyConnection, path: Path) -> Iterator[str]:
    """Attach a file to the connection of the warehouse while the context lasts; yield its name there."""
    copied = f"copied{next(_numbers)}"
    db.execute(f"ATTACH '{_quoted(path)}' AS {copied}")
    try:
        yield copied
    except BaseException:
        with suppress(duckdb.Error):  # what went wrong first is what to say
            db.execute(f"DETACH {copied}")
        raise
    db.execute(f"DETACH {copied}")


def _ask_for_room(db: duckdb.DuckDBPyConnection, path: Path, directory: Path) -> None:
    """Raise OSError where a copy has no room: reports on their way in would have none either while it is tried."""
    found = db.execute(
        "SELECT block_size * used_blocks FROM pragma_database_size() WHERE database_name = current_database()"
    )
    (used,) = found.fetchone() or (0,)
    if used + sum(log.stat().st_size for log in _logs(path) if log.exists()) > shutil.disk_usage(directory).free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(directory))


def _copy(db: duckdb.DuckDBPyConnection, name: str, copied: str) -> None:
    db.execute(f'COPY FROM DATABASE "{name}" TO {copied} (SCHEMA)')
    db.execute("BEGIN")
    try:
        (recent,) = db.execute(_RECENT).fetchone() or (None,)
        for table, columns in db.execute(_STORED, {"name": name}).fetchall():
            listed = ", ".join(f'"{column}"' for column in columns)
            order = _ORDERS.get(table, "ALL")
            sql = f'INSERT INTO {copied}."{table}" ({listed}) SELECT {listed} FROM "{name}"."{table}" ORDER BY {order}'  # noqa: S608  # our own names
            db.execute(sql, {"recent": recent} if "$recent" in order else {})
        db.execute("COMMIT")
    except BaseException:
        with suppress(duckdb.Error):  # where the commit failed there is none any more
            db.execute("ROLLBACK")  # within one nothing is detached
        raise


def rewrite(file: DuckFile) -> None:
    """Put a fresh copy in the place of the file, so that what was deleted is off the disk.

    Nothing may be loaded meanwhile. Raises OSError or `WarehouseUnavailable` where it cannot be done; then the file is as
    it was.
    """
    path = Path(file.path)
    fresh = path.with_name(path.name + ".rewritten")
    copy_to(file, fresh)
    with file.closed():
        if any(log.exists() for log in _logs(path)):  # what is in them would be lost
            fresh.unlink()
            raise WarehouseUnavailable(f"{path} could not be closed whole")
        put_in_place(fresh, path)


def put_in_place(fresh: Path, path: Path) -> None:
    """Put a whole file in the place of a warehouse that nobody has open; the logs of the old one go. Raises OSError.

    Killed within it leaves logs away that the old file needs: whoever calls it must have no use of that file any more.
    """
    for log in _logs(path):
        log.unlink(missing_ok=True)
    sync(path.parent)
    fresh.replace(path)
    sync(path.parent)


def _logs(path: Path) -> list[Path]:
    return [path.with_name(path.name + end) for end in LOGS]


def _remove_partial(target: Path) -> None:
    for path in target.parent.iterdir():
        if path.name.startswith(target.name) and _PARTIAL.fullmatch(path.name, len(target.name)):
            path.unlink()


def _quoted(path: Path) -> str:
    return str(path.absolute()).replace("'", "''")
