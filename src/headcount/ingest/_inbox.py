"""The inbox: a SQLite file in which reports wait for the loader, durably.

``AUTOINCREMENT`` keeps SQLite from using a row's number twice, since a loader remembers its progress as the
number of a row.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from headcount.contract import REPEAT, REPORT, Arrival, Batch
from headcount.ingest._inbox_tables import file_identity, note_key, prepare
from headcount.ingest._salvage import read_row, replace

logger = logging.getLogger(__name__)

# Each statement releases the interpreter, and must get it back from a busy event loop: so all rows of a group are one
# statement, which commits itself.
_AT_ONCE = 256  # rows in one statement at most
_INSERT = "INSERT INTO arrivals (received, install, profile, content, stock, report, what, crowded) VALUES "
_ROW = "(?, ?, ?, ?, ?, ?, ?, ?)"
_SELECT = """
SELECT received, install, profile, content, stock, report, what, crowded, row
FROM arrivals WHERE row > ? ORDER BY row LIMIT ?
"""
# Two look-ups, however many rows there are.
_BACKLOG = "SELECT coalesce((SELECT max(row) FROM arrivals) - (SELECT min(row) FROM arrivals) + 1, 0)"


class Inbox:
    """One inbox file. Safe to use from several threads; one process writes to it.

    An owner's inbox mends itself. One that cannot be opened is opened again at each use; one that is
    damaged is renamed, and its good rows go into a new one.
    """

    def __init__(
        self,
        path: Path,
        *,
        owner: bool = False,
        genuine: Callable[[int, bytes], bool] | None = None,
        key: str | None = None,
    ) -> None:
        """Open the file, or create it where there is none.

        ``genuine`` returns whether a profile's key and content belong together, as in a damaged inbox they
        may not. ``key``: the fingerprint of the pseudonym key, which its owner notes in it.

        Raises `NotInbox`, also where reports wait in it under another key. Raises sqlite3.Error where the
        file cannot be opened, unless for its ``owner``.
        """
        self.path = path
        self._owner = owner
        self._genuine = genuine
        self._key = key
        self._lock = threading.RLock()
        self._db: sqlite3.Connection | None = None
        self._identity = ""
        self._file: tuple[int, int] | None = None
        try:
            with self._using():
                pass
        except sqlite3.Error as error:
            if not owner:
                raise
            logger.error("the inbox %s cannot be opened: %s", path, error)  # noqa: TRY400  # the reason, not our stack

    @property
    def name(self) -> str:
        """A name that no other inbox has or had, even under the same path: a loader remembers its progress
        by it.

        Raises sqlite3.Error where the file cannot be opened.
        """
        with self._using():
            return f"{self.path.stem}.{self._identity}"

    @property
    def key(self) -> str | None:
        """The fingerprint of the pseudonym key that its rows are under; None where none was noted.

        Raises sqlite3.Error where the file cannot be read.
        """
        with self._using() as db:
            (key,) = db.execute("SELECT key FROM identity").fetchone()
        return None if key is None else str(key)

    @property
    def waits(self) -> bool:
        """Whether arrivals wait in it. Raises sqlite3.Error where the file cannot be read."""
        with self._using() as db:
            return db.execute("SELECT 1 FROM arrivals LIMIT 1").fetchone() is not None

    def append(self, arrivals: Sequence[Arrival]) -> None:
        """Write arrivals in one transaction; on return they are durable.

        Raises sqlite3.Error where they cannot be written; then none of them is.
        """
        with self._using() as db:
            _insert(db, arrivals)

    def waiting(self, after: int, limit: int) -> Batch:
        """Return up to ``limit`` arrivals with rows above ``after``, in order."""
        with self._using() as db:
            rows = db.execute(_SELECT, (after, limit)).fetchall()
        return Batch([read_row(row[:-1]) for row in rows], rows[-1][-1] if rows else after)

    def backlog(self) -> int:
        """Return how many arrivals wait, at most: of the rows between the first and the last some may be deleted."""
        with self._using() as db:
            (count,) = db.execute(_BACKLOG).fetchone()
        return int(count)

    def forget(self, through: int) -> None:
        """Delete the arrivals with rows up to ``through``."""
        with self._using() as db:
            db.execute("DELETE FROM arrivals WHERE row <= ?", (through,))

    def holds(self, installs: Sequence[int]) -> bool:
        """Return whether an arrival of one of these installations waits."""
        with self._using() as db:
            return any(
                db.execute("SELECT 1 FROM arrivals WHERE install = ? LIMIT 1", (install,)).fetchone()
                for install in installs
            )

    def erase(self, installs: Sequence[int], until: int) -> None:
        """Delete the waiting reports of these installations that were received up to ``until``, Unix time."""
        with self._using() as db, _transaction(db):
            db.executemany(
                "DELETE FROM arrivals WHERE install = ? AND received <= ? AND what IN (?, ?)",
                [(install, until, REPORT, REPEAT) for install in installs],
            )

    def scour(self) -> bool:
        """Take deleted rows off the disk; return False where a reader prevents it, and the caller must try again."""
        with self._using() as db:
            (busy, _, _) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def check(self) -> list[str]:
        """Return the errors that SQLite reports of the file, at most five; none where it is whole."""
        with self._using() as db:
            lines = [text for (text,) in db.execute("PRAGMA quick_check(5)")]
        return [] if lines == ["ok"] else lines

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._close()

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._db is not None and file_identity(self.path) != self._file:
                self._close()  # another file has its name now, or none: rows in the old one would be lost
            try:
                yield self._db or self._open()
            except sqlite3.DatabaseError as error:
                code = getattr(error, "sqlite_errorcode", 0) & 0xFF
                if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                    self._close()
                    if self._owner:
                        self._replace()
                elif code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
                    self._close()  # the obstacle may be gone when the file is opened again
                raise

    def _open(self) -> sqlite3.Connection:
        # A transaction is a statement, or begins with BEGIN.
        db = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None, cached_statements=2 * _AT_ONCE)
        db.text_factory = _text
        try:
            prepare(db, self.path)
            if self._key is not None:
                note_key(db, self.path, self._key)
            (self._identity,) = db.execute("SELECT name FROM identity").fetchone()
        except BaseException:
            db.close()
            raise
        self._db = db
        self._file = file_identity(self.path)
        return db

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def _replace(self) -> None:
        """Rename the damaged file, and put its readable rows into a new one; where that fails it stays as it is."""
        try:
            aside, good = replace(self.path, self._genuine, self._fill)
        except (OSError, sqlite3.Error) as error:
            logger.error("the inbox %s is damaged, and cannot be replaced: %s", self.path, error)  # noqa: TRY400
        else:
            logger.error("the inbox was damaged: it is now %s, and %d arrivals in it were good", aside, good)

    def _fill(self, arrivals: Sequence[Arrival]) -> None:
        try:
            _insert(self._open(), arrivals)
        except sqlite3.Error:
            self._close()
            raise


def _text(stored: bytes) -> str:
    """Return a text of the file; a damaged one is a text too, or its row would hold up all others."""
    return stored.decode(errors="replace")


def _insert(db: sqlite3.Connection, arrivals: Sequence[Arrival]) -> None:
    if len(arrivals) <= _AT_ONCE:
        _insert_some(db, arrivals)
        return
    with _transaction(db):
        for start in range(0, len(arrivals), _AT_ONCE):
            _insert_some(db, arrivals[start : start + _AT_ONCE])


def _insert_some(db: sqlite3.Connection, arrivals: Sequence[Arrival]) -> None:
    if arrivals:
        db.execute(_INSERT + ", ".join([_ROW] * len(arrivals)), [*chain.from_iterable(arrivals)])


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    with db:
        yield
