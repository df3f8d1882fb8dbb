"""The inbox: a SQLite file in which reports wait for the loader. What is in it is on the disk.

``AUTOINCREMENT`` keeps a row's number from being used twice, since a loader remembers how far it came by number.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

_APPLICATION = 0x48434E54  # "HCNT": tells our files from others
_VERSION = 1
_SCHEMA = (
    """CREATE TABLE arrivals (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    received INTEGER NOT NULL,
    install INTEGER NOT NULL,
    profile INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT""",
    """CREATE TABLE tally (
    day TEXT NOT NULL,
    what TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (day, what)
) STRICT, WITHOUT ROWID""",
)


class Arrival(NamedTuple):
    """A report that was taken in, scrubbed and under pseudonyms.

    ``received``: Unix time, seconds; ``install`` and ``profile``: pseudonyms; ``content``: the profile's canonical bytes.
    """

    received: int
    install: int
    profile: int
    content: bytes


class Waiting(NamedTuple):
    """An arrival in the inbox, under its row."""

    row: int
    received: int
    install: int
    profile: int
    content: bytes


Tally = Counter[tuple[str, str]]
"""How often something happened, by UTC day (``2026-10-02``) and what it was."""


class Inbox:
    """One inbox file. Safe to use from several threads; one process writes to it."""

    def __init__(self, path: Path) -> None:
        """Open the file, and make it where there is none.

        Raises ValueError where the file is not an inbox, or one of a newer Headcount; sqlite3.Error where it cannot be
        opened.
        """
        self.name = path.stem
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False)
        try:
            self._prepare(path)
        except BaseException:
            self._db.close()
            raise

    def _prepare(self, path: Path) -> None:
        try:
            # Another process may make the same file at this moment, as a loader does that found it before it was whole.
            self._db.execute("BEGIN IMMEDIATE")
            (application,) = self._db.execute("PRAGMA application_id").fetchone()
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            raise ValueError(f"{path} is not an inbox: {error}") from error
        if tables and application != _APPLICATION:
            raise ValueError(f"{path} is not an inbox: it is a SQLite file of another program")
        if version > _VERSION:
            raise ValueError(f"{path} was written by a newer Headcount (inbox version {version}): install that one")
        if not tables:
            for statement in (*_SCHEMA, f"PRAGMA application_id = {_APPLICATION}", f"PRAGMA user_version = {_VERSION}"):
                self._db.execute(statement)
        self._db.commit()
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA secure_delete = ON")

    def append(self, arrivals: Sequence[Arrival], tally: Tally) -> None:
        """Write arrivals and add to the tally in one transaction; on return it is durable.

        Raises sqlite3.Error where it could not be written; then nothing of it was.
        """
        with self._lock, self._db:
            self._db.executemany(
                "INSERT INTO arrivals (received, install, profile, content) VALUES (?, ?, ?, ?)", arrivals
            )
            self._db.executemany(
                "INSERT INTO tally VALUES (?, ?, ?) ON CONFLICT (day, what) DO UPDATE SET n = n + excluded.n",
                [(day, what, n) for (day, what), n in tally.items()],
            )

    def waiting(self, after: int, limit: int) -> list[Waiting]:
        """Up to ``limit`` arrivals with rows above ``after``, in order."""
        with self._lock:
            rows = self._db.execute(
                "SELECT row, received, install, profile, content FROM arrivals WHERE row > ? ORDER BY row LIMIT ?",
                (after, limit),
            ).fetchall()
        return [Waiting(*row) for row in rows]

    def tallied(self) -> Iterable[tuple[str, str, int]]:
        """All that was ever tallied: day, what, how often."""
        with self._lock:
            rows: list[tuple[str, str, int]] = self._db.execute("SELECT day, what, n FROM tally").fetchall()
        return rows

    def forget(self, through: int) -> None:
        """Delete the arrivals with rows up to ``through``."""
        with self._lock, self._db:
            self._db.execute("DELETE FROM arrivals WHERE row <= ?", (through,))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()
