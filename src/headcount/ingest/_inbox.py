"""The inbox: a SQLite file in which reports wait for the loader. What is in it is on the disk.

``AUTOINCREMENT`` keeps a row's number from being used twice, since a loader remembers how far it came by number.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from headcount.ingest._arrival import Arrival

_APPLICATION = 0x48434E54  # "HCNT": tells our files from others
_VERSION = 2
_SCHEMA = """
CREATE TABLE arrivals (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    received INTEGER NOT NULL,
    install INTEGER NOT NULL,
    profile INTEGER NOT NULL,
    content BLOB NOT NULL,
    stock INTEGER NOT NULL DEFAULT 0,
    report INTEGER NOT NULL DEFAULT 0,
    what TEXT NOT NULL DEFAULT 'report'
) STRICT;
"""
# An inbox of version 1 had arrivals without the last three columns, and counts that a resend counted twice.
_FROM_1 = """
ALTER TABLE arrivals ADD COLUMN stock INTEGER NOT NULL DEFAULT 0;
ALTER TABLE arrivals ADD COLUMN report INTEGER NOT NULL DEFAULT 0;
ALTER TABLE arrivals ADD COLUMN what TEXT NOT NULL DEFAULT 'report';
DROP TABLE tally;
"""
_IDENTITY = """
CREATE TABLE identity (name TEXT NOT NULL) STRICT;
INSERT INTO identity VALUES (lower(hex(randomblob(16))))"""
_INSERT = "INSERT INTO arrivals (received, install, profile, content, stock, report, what) VALUES (?, ?, ?, ?, ?, ?, ?)"
_SELECT = """
SELECT row, received, install, profile, content, stock, report, what FROM arrivals WHERE row > ? ORDER BY row LIMIT ?
"""


class Waiting(NamedTuple):
    """An arrival in the inbox, under its row."""

    row: int
    received: int
    install: int
    profile: int
    content: bytes
    stock: int
    report: int
    what: str


class Inbox:
    """One inbox file. Safe to use from several threads; one process writes to it."""

    def __init__(self, path: Path) -> None:
        """Open the file, and make it where there is none.

        Raises ValueError where the file is not an inbox, or one of a newer Headcount; sqlite3.Error where it cannot be
        opened.
        """
        self.path = path
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False)
        try:
            self._prepare(path)
            (identity,) = self._db.execute("SELECT name FROM identity").fetchone()
        except BaseException:
            self._db.close()
            raise
        self.name = f"{path.stem}.{identity}"
        """Unlike that of any other inbox, one that had this file's name before included: a loader remembers rows by it."""

    def _prepare(self, path: Path) -> None:
        try:
            (application,) = self._db.execute("PRAGMA application_id").fetchone()
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.DatabaseError as error:
            raise ValueError(f"{path} is not an inbox: {error}") from error
        if tables and application != _APPLICATION:
            raise ValueError(f"{path} is not an inbox: it is a SQLite file of another program")
        if version > _VERSION:
            raise ValueError(f"{path} was written by a newer Headcount (inbox version {version}): install that one")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA secure_delete = ON")
        if version < _VERSION:
            self._db.executescript(
                f"BEGIN; {_FROM_1 if tables else _SCHEMA} {_IDENTITY};"
                f"PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_VERSION}; COMMIT;"
            )

    def append(self, arrivals: Sequence[Arrival]) -> None:
        """Write arrivals in one transaction; on return they are durable.

        Raises sqlite3.Error where they could not be written; then none of them was.
        """
        with self._lock, self._db:
            self._db.executemany(_INSERT, arrivals)

    def waiting(self, after: int, limit: int) -> list[Waiting]:
        """Up to ``limit`` arrivals with rows above ``after``, in order."""
        with self._lock:
            rows = self._db.execute(_SELECT, (after, limit)).fetchall()
        return [Waiting(*row) for row in rows]

    def forget(self, through: int) -> None:
        """Delete the arrivals with rows up to ``through``."""
        with self._lock, self._db:
            self._db.execute("DELETE FROM arrivals WHERE row <= ?", (through,))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()
