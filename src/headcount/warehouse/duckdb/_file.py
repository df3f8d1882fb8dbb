"""The file of DuckDB and its one connection.

Transactions go on side by side. To put another file in its place the file is closed for a moment: that waits until no
transaction goes on, and holds up the next ones meanwhile.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from headcount.warehouse._errors import WarehouseInUse, WarehouseUnavailable
from headcount.warehouse.duckdb._migrations import migrate

_BROKEN = (duckdb.FatalException, duckdb.InternalException, duckdb.IOException, duckdb.OutOfMemoryException)
_OURS = (duckdb.ParserException, duckdb.BinderException)  # a statement of ours is wrong, and not the warehouse


class DuckFile:
    """Keeps a DuckDB file open. Safe in any thread."""

    def __init__(
        self,
        path: Path | str,
        prepare: Callable[[duckdb.DuckDBPyConnection], None],
        follow: Callable[[duckdb.DuckDBPyConnection, Sequence[int]], None],
        threads: int | None = None,
        *,
        may_create: Callable[[], bool],
    ) -> None:
        """Open the file, make it where there is none, and bring its tables up to date; ``prepare`` sees each connection.

        ``follow`` brings what an older warehouse holds up to date after these migrations; ``threads``: of DuckDB's
        own, one a core unless given; ``may_create`` returns whether a missing file is to be made. Raises `WarehouseInUse`.
        Where the file cannot be used for another reason it stays closed, ``problem`` says why, and `reopen` tries again: it
        is missing, cannot be read or written, it is no warehouse, or a newer one's. Also raises the `WarehouseUnavailable`
        that ``prepare`` raises.
        """
        self.path = path
        self.problem: str | None = None
        """Why the file is closed, or None."""
        self._prepare = prepare
        self._may_create = may_create
        self._opened: os.stat_result | None = None
        self._follow = follow
        self._config: dict[str, str | bool | int | float | list[str]] = {} if threads is None else {"threads": threads}
        self._db: duckdb.DuckDBPyConnection | None = None
        self._state = threading.Condition()
        self._active = 0
        self._exclusive = False
        self._broken = False
        self._ended = False
        self._open()

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a cursor in a transaction, which is rolled back where an exception leaves it.

        Raises `WarehouseUnavailable` in place of what DuckDB raises.
        """
        with self._participation() as db:
            cursor = db.cursor()
            try:
                cursor.execute("BEGIN")
                yield cursor
                cursor.execute("COMMIT")
            except _BROKEN:
                self._broken = True  # DuckDB may go no further with this connection; `reopen` replaces it
                raise
            finally:
                cursor.close()  # what was not committed is rolled back

    @contextmanager
    def connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a cursor without a transaction, for statements that have none. Raises `WarehouseUnavailable`."""
        with self._participation() as db:
            cursor = db.cursor()
            try:
                yield cursor
            finally:
                cursor.close()

    @contextmanager
    def _participation(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield the connection, which is not closed while the context lasts."""
        with self._state:
            self._state.wait_for(lambda: not self._exclusive)
            if self._db is None:
                raise WarehouseUnavailable(str(self.problem))
            db = self._db
            self._active += 1
        try:
            yield db
        except _OURS:
            raise
        except duckdb.Error as error:
            raise WarehouseUnavailable(_first_line(error)) from error
        finally:
            with self._state:
                self._active -= 1
                self._state.notify_all()

    def check_in_place(self) -> None:
        """Raise `WarehouseUnavailable` where another file has the name of the open one, or none: what is written is lost."""
        if self._opened is None:
            return
        try:
            in_place = os.path.samestat(self._opened, Path(self.path).stat())
        except OSError:
            in_place = False
        if not in_place:
            self._broken = True
            raise WarehouseUnavailable(f"{self.path} was taken away while it was open")

    def reopen(self) -> bool:
        """Open the file where it is closed, or anew where the connection broke; return whether it was opened."""
        if self._ended or (self.problem is None and not self._broken):
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
                if not self._ended:
                    self._open()
            finally:
                with self._state:
                    self._exclusive = False
                    self._state.notify_all()

    def close(self) -> None:
        """Close the file for good: nothing opens it again, though a request may outlive its server."""
        self._ended = True
        self._close()
        self.problem = "the warehouse is closed"

    def _open(self) -> None:
        self._broken = False
        path = Path(self.path)
        new = not path.exists()
        if new and not self._may_create():
            self.problem = f"{path} is missing"
            return
        try:
            db = duckdb.connect(str(self.path), config=self._config)
        except duckdb.Error as error:
            self.problem = f"{self.path} cannot be opened as a warehouse: {_first_line(error)}"
            if "Could not set lock on file" in str(error):  # the path may hold any word
                self.problem = f"{self.path} is in use by another process"
                raise WarehouseInUse(self.problem) from error
            return
        try:
            migrate(db, str(self.path), new=new, then=self._follow)
            self._prepare(db)
        except duckdb.Error as error:
            db.close()
            self.problem = f"{self.path} cannot be used as a warehouse: {_first_line(error)}"
        except ValueError as error:
            db.close()
            self.problem = str(error)
        except WarehouseUnavailable as error:
            db.close()
            self.problem = str(error)
            raise
        else:
            self._db, self.problem = db, None
            self._opened = path.stat() if path.exists() else None  # none: it is in memory

    def _close(self) -> None:
        db, self._db = self._db, None
        self.problem = "the warehouse is being exchanged"
        if db is not None:
            db.close()


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
