"""The warehouse in the process: one DuckDB file with one owner."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from headcount.contract import vocabulary
from headcount.warehouse._arriving import arrive, script
from headcount.warehouse._migrations import migrate
from headcount.warehouse._port import Arrival, Parameters, Snapshot


class WarehouseInUse(Exception):
    """Another process owns the file."""


class _DuckSnapshot:
    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def query(self, sql: str, parameters: Parameters) -> list[tuple[object, ...]]:
        used = {name: value for name, value in parameters.items() if f"${name}" in sql}
        return self._cursor.execute(sql, used).fetchall()

    def data_until(self) -> int | None:
        last = self._cursor.execute("SELECT max(last) FROM sightings").fetchone()
        return None if last is None else last[0]


class DuckWarehouse:
    """A DuckDB file (or, for tests, ``:memory:``). Loads come one at a time; questions run beside them."""

    def __init__(self, path: Path | str) -> None:
        """Open the file, make it where there is none, and bring its tables up to date.

        Raises `WarehouseInUse` where another process has it, ValueError where it is no warehouse or a newer one's.
        """
        try:
            self._db = duckdb.connect(str(path))
        except duckdb.IOException as error:
            if "Could not set lock on file" in str(error):  # the path may hold any word
                raise WarehouseInUse(f"{path} is in use by another process") from error
            raise ValueError(f"{path} cannot be opened as a warehouse: {error}") from error
        self._db.execute("SET TimeZone = 'UTC'")
        migrate(self._db, str(path))
        self._db.execute(script("macros"))
        self._vocabulary = vocabulary()
        self._loading = threading.Lock()
        self.version = 0
        """Grows with each change of the data; answers may be kept while it stays."""

    def load(self, arrivals: Sequence[Arrival], *, inbox: str, through: int, now: float | None = None) -> None:
        """Add arrivals in one transaction; see `headcount.warehouse.Warehouse`."""
        with self._loading, self._transaction() as cursor:
            if arrivals:
                arrive(cursor, arrivals, self._vocabulary, now)
                for name in ("load", "derive", "kin"):
                    cursor.execute(script(name))
            cursor.execute("DELETE FROM marks WHERE inbox = $inbox", {"inbox": inbox})
            cursor.execute("INSERT INTO marks VALUES ($inbox, $through)", {"inbox": inbox, "through": through})
        self.version += 1

    def rebuild(self) -> None:
        """Make the derived tables again from the sightings and profiles."""
        with self._loading, self._transaction() as cursor:
            for name in ("rebuild", "again", "kin"):
                cursor.execute(script(name))
        self.version += 1

    def mark(self, inbox: str) -> int:
        """The last row of ``inbox`` that was loaded; 0 where none was."""
        found = self._db.cursor().execute("SELECT through FROM marks WHERE inbox = ?", [inbox]).fetchone()
        return 0 if found is None else int(found[0])

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """A snapshot to ask; safe in any thread."""
        with self._transaction() as cursor:
            yield _DuckSnapshot(cursor)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._db.cursor()
        try:
            cursor.execute("BEGIN")
            yield cursor
            cursor.execute("COMMIT")
        finally:
            cursor.close()  # what was not committed is rolled back
