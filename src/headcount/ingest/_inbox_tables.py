"""The tables of an inbox file, by version, and whose file it is."""

from __future__ import annotations

import sqlite3
from itertools import chain
from pathlib import Path

_APPLICATION = 0x48434E54  # "HCNT": tells our files from others
_VERSION = 3
_TABLES = (
    """CREATE TABLE arrivals (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    received INTEGER NOT NULL,
    install INTEGER NOT NULL,
    profile INTEGER NOT NULL,
    content BLOB NOT NULL,
    stock INTEGER NOT NULL,
    report INTEGER NOT NULL,
    what TEXT NOT NULL
) STRICT""",
    "CREATE TABLE identity (name TEXT NOT NULL) STRICT",
    "INSERT INTO identity VALUES (lower(hex(randomblob(16))))",
)
_WITH_KEY = ("ALTER TABLE identity ADD COLUMN key TEXT",)  # the fingerprint of the key that the rows are under
_WITH_CROWDED = ("ALTER TABLE arrivals ADD COLUMN crowded INTEGER NOT NULL DEFAULT 0",)
_STEPS = (_TABLES, _WITH_KEY, _WITH_CROWDED)
"""What makes a file of each version of one of the version before."""


class NotInbox(ValueError):
    """The file is no inbox of ours, a newer Headcount's, or another key's; the message says what to do."""


def file_identity(path: Path) -> tuple[int, int] | None:
    """Return device and inode of the file under a name; None where there is none."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino


def prepare(db: sqlite3.Connection, path: Path) -> None:
    """Bring a file up to date, and make its tables where it is new. Raises `NotInbox`, and sqlite3.Error."""
    # Another process may create the same file at this moment, such as a loader that found it unfinished.
    (version,) = db.execute("PRAGMA user_version").fetchone()
    db.execute("BEGIN" if version == _VERSION else "BEGIN IMMEDIATE")
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application != _APPLICATION:
        raise NotInbox(f"{path} is not an inbox: it is a SQLite file of another program")
    if version > _VERSION:
        raise NotInbox(f"{path} was written by a newer Headcount (inbox version {version}): install that one")
    if version < _VERSION:
        for statement in chain.from_iterable(_STEPS[version:]):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {_APPLICATION}")
        db.execute(f"PRAGMA user_version = {_VERSION}")
    db.commit()
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA secure_delete = ON")


def note_key(db: sqlite3.Connection, path: Path, key: str) -> None:
    """Note under which key rows will be. Raises `NotInbox` where rows wait that are under another one."""
    db.execute(
        "UPDATE identity SET key = $key WHERE key IS NOT $key AND "
        "(key IS NULL OR NOT EXISTS (SELECT 1 FROM arrivals))", {"key": key}
    )  # fmt: skip
    (noted,) = db.execute("SELECT key FROM identity").fetchone()
    if noted != key:
        raise NotInbox(
            f"{path} holds reports under another pseudonym key: put that key back and load them, or delete the file"
        )
