"""The warehouse in the process: one DuckDB file with one owner."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import duckdb

from headcount.contract import Profile, vocabulary
from headcount.warehouse._columns import COLUMNS, row
from headcount.warehouse._migrations import migrate
from headcount.warehouse._port import Arrival, Parameters, Snapshot

_SQL = files("headcount.warehouse").joinpath("sql")


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
        self._db.execute(_script("macros"))
        self._vocabulary = vocabulary()
        self._loading = threading.Lock()
        self.version = 0
        """Grows with each change of the data; answers may be kept while it stays."""

    def load(
        self,
        arrivals: Sequence[Arrival],
        *,
        inbox: str,
        through: int,
        tally: Iterable[tuple[str, str, int]] = (),
    ) -> None:
        """Add arrivals in one transaction; see `headcount.warehouse.Warehouse`."""
        with self._loading, self._transaction() as cursor:
            if arrivals:
                self._add_profiles(cursor, arrivals)
                _fill_batch(cursor, arrivals)
                cursor.execute(_script("load"))
                cursor.execute(_script("derive"))
            cursor.execute("DELETE FROM marks WHERE inbox = $inbox", {"inbox": inbox})
            cursor.execute("INSERT INTO marks VALUES ($inbox, $through)", {"inbox": inbox, "through": through})
            _replace_tally(cursor, inbox, tally)
        self.version += 1

    def rebuild(self) -> None:
        """Make the derived tables again from the sightings and profiles."""
        with self._loading, self._transaction() as cursor:
            cursor.execute(_script("rebuild"))
            cursor.execute(_script("derive"))
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

    def _add_profiles(self, cursor: duckdb.DuckDBPyConnection, arrivals: Sequence[Arrival]) -> None:
        contents = {arrival.profile: arrival.content for arrival in arrivals}
        known = cursor.execute(
            "SELECT profile FROM profiles SEMI JOIN (SELECT unnest($keys::UBIGINT[]) AS profile) USING (profile)",
            {"keys": list(contents)},
        ).fetchall()
        for (key,) in known:
            del contents[key]
        if not contents:
            return
        rows = [row(Profile.from_canonical(content), self._vocabulary) for content in contents.values()]
        lists = {column.name: [values[i] for values in rows] for i, column in enumerate(COLUMNS)}
        selected = ", ".join(f"unnest(${column.name}::{column.duckdb}[])" for column in COLUMNS)
        cursor.execute(
            f"INSERT INTO profiles SELECT unnest($profile::UBIGINT[]), {selected}",  # our own names
            {"profile": list(contents), **lists},
        )


def _fill_batch(cursor: duckdb.DuckDBPyConnection, arrivals: Sequence[Arrival]) -> None:
    cursor.execute(
        """CREATE OR REPLACE TEMP TABLE batch AS
        SELECT install, make_timestamp(last * 1000000)::DATE AS day, profile, max(last) AS last
        FROM (SELECT unnest($install::UBIGINT[]) AS install, unnest($profile::UBIGINT[]) AS profile,
                     unnest($received::BIGINT[]) AS last)
        GROUP BY ALL""",
        {
            "install": [arrival.install for arrival in arrivals],
            "profile": [arrival.profile for arrival in arrivals],
            "received": [arrival.received for arrival in arrivals],
        },
    )


def _replace_tally(cursor: duckdb.DuckDBPyConnection, inbox: str, tally: Iterable[tuple[str, str, int]]) -> None:
    rows = list(tally)
    if rows:
        cursor.execute("DELETE FROM tally WHERE inbox = ?", [inbox])
        cursor.executemany("INSERT INTO tally VALUES (?, ?, ?, ?)", [[inbox, *entry] for entry in rows])


def _script(name: str) -> str:
    return _SQL.joinpath(f"{name}.sql").read_text(encoding="utf-8")
