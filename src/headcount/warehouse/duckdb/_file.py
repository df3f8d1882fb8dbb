"""The file of DuckDB and its one connection: opened, closed for a moment to put another file in its place, opened again.

Transactions go on side by side; a change of the file waits until none does, and holds up the next ones meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from headcount.warehouse.duckdb._arrivals import script
from headcount.warehouse.duckdb._migrations import migrate

_BROKEN = (duckdb.FatalException, duckdb.InternalException, duckdb.IOException, duckdb.OutOfMemoryException)


class WarehouseInUse(Exception):
    """Another process owns the file."""


class WarehouseClosed(Exception):
    """The file cannot be used now; the message says why."""


class DuckFile:
    """Keeps a DuckDB file open. Safe in any thread."""

    def __init__(self, path: Path | str, prepare: Callable[[duckdb.DuckDBPyConnection], None]) -> None:
        """Open the file, make it where there is none, and bring its tables up to date; ``prepare`` sees each connection.

        Raises `WarehouseInUse`; ValueError where it is no warehouse, or a newer one's. Where the file cannot be read or
        written it stays closed, ``problem`` says why, and `reopen` tries again.
        """
        self.path = path
        self.problem: str | None = None
        """Why the file is closed, or None."""
        self._prepare = prepare
        self._db: duckdb.DuckDBPyConnection | None = None
        self._state = threading.Condition()
        self._active = 0
        self._exclusive = False
        self._broken = False
        self._open()

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A transaction, rolled back where an exception leaves it. Raises `WarehouseClosed`."""
        with self._taking_part() as db:
            cursor = db.cursor()
            try:
                cursor.execute("BEGIN")
                yield cursor
                cursor.execute("COMMIT")
            except _BROKEN:
                self._broken = True  # DuckDB may go no further with this connection; the next one finds out
                raise
            finally:
                cursor.close()  # what was not committed is rolled back

    @contextmanager
    def _taking_part(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._state:
            self._state.wait_for(lambda: not self._exclusive)
            if self._db is None:
                raise WarehouseClosed(self.problem or "the warehouse is closed")
            db = self._db
            self._active += 1
        try:
            yield db
        finally:
            with self._state:
                self._active -= 1
                self._state.notify_all()

    @contextmanager
    def connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor without a transaction, for statements that have none. Raises `WarehouseClosed`."""
        with self._taking_part() as db:
            cursor = db.cursor()
            try:
                yield cursor
            finally:
                cursor.close()

    def reopen(self) -> bool:
        """Open the file where it is closed, or open it anew where the connection broke; whether it was opened."""
        if self.problem is None and not self._broken:
            return False
        with self.closed():
            pass
        return self.problem is None

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Close the file while the context lasts: nothing reads it, and another may be put in its place."""
        with self._state:
            self._state.wait_for(lambda: not self._exclusive)
            self._exclusive = True
            self._state.wait_for(lambda: self._active == 0)
        try:
            self._close()
            yield
        finally:
            try:
                self._open()
            finally:
                with self._state:
                    self._exclusive = False
                    self._state.notify_all()

    def close(self) -> None:
        """Close the file for good."""
        self._close()

    def _open(self) -> None:
        self._broken = False
        try:
            db = duckdb.connect(str(self.path))
        except duckdb.Error as error:
            if "Could not set lock on file" in str(error):  # the path may hold any word
                raise WarehouseInUse(f"{self.path} is in use by another process") from error
            self.problem = f"{self.path} cannot be opened as a warehouse: {_first_line(error)}"
            return
        try:
            db.execute("SET TimeZone = 'UTC'")
            migrate(db, str(self.path))
            self._prepare(db)
            db.execute(script("macros"))
        except duckdb.Error as error:
            db.close()
            self.problem = f"{self.path} cannot be used as a warehouse: {_first_line(error)}"
        except ValueError as error:
            db.close()
            self.problem = str(error)
            raise
        else:
            self._db, self.problem = db, None

    def _close(self) -> None:
        db, self._db = self._db, None
        self.problem = "the warehouse is being exchanged"
        if db is not None:
            db.close()


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
