"""An export: what a warehouse of any engine holds, as Parquet.

``profiles.parquet`` has what was described, and ``sightings.parquet`` who was seen with which profile on which day. A
profile's columns hold all of it, so that the way back gives the same profile, and so the same key. A file for each of `REST`
has what is known beside reports, for a warehouse that takes over.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import duckdb

from headcount.warehouse._columns import COLUMNS
from headcount.warehouse._errors import WarehouseUnavailable
from headcount.warehouse._port import HELD_SINCE, TAKEN_OVER, Cells, Snapshot
from headcount.warehouse._publications import STATES_FACT, WEEK_FACT
from headcount.warehouse.duckdb._descriptions import DESCRIPTIONS
from headcount.warehouse.duckdb._migrations import migrate
from headcount.warehouse.duckdb._snapshot import DuckSnapshot

PROFILES, SIGHTINGS = "profiles.parquet", "sightings.parquet"

_PROFILES_OF = f"{DESCRIPTIONS} ORDER BY profile"
_SIGHTINGS_OF = """
SELECT sightings.install, day, profile, last, coalesce(stock, 0)::UBIGINT AS stock
FROM sightings LEFT JOIN origins ON origins.install = sightings.install
ORDER BY day, sightings.install, last"""
_FACTS = f"name IN ('{HELD_SINCE}', '{WEEK_FACT}', '{STATES_FACT}')"  # what others say is of a warehouse itself

REST = {
    "later": "install, profile, last, noted, stock, crowded",
    "anonymous": "day, profile",
    **{name: ", ".join(columns) for name, columns in TAKEN_OVER.items()},
}
"""The tables of what is known beside sightings, with their columns."""

_COPIED = {"classes": "class, name, kind", **REST}
_DESCRIBED = ", ".join(("profile", *(column.name for column in COLUMNS)))
_PARTS = 32  # in which profiles are copied
_EPOCH = date(1970, 1, 1)


def file_of(table: str) -> str:
    """Return the name of the file that has a table of `REST`."""
    return f"{table}.parquet"


FILES = (PROFILES, SIGHTINGS, *map(file_of, REST))
"""The files of an export; one of an older Headcount has the first two."""


def write_export(snapshot: Snapshot, directory: Path) -> dict[str, int]:
    """Write the files of an export into a directory; return how many profiles and sightings there are.

    Raises OSError where there is no room, and what the snapshot raises.
    """
    if isinstance(snapshot, DuckSnapshot):
        return _export(snapshot.cursor, directory)
    try:
        with _copy_of(snapshot, directory) as cursor:
            return _export(cursor, directory)
    except duckdb.Error as error:
        raise WarehouseUnavailable(f"the export cannot be written: {str(error).partition(chr(10))[0]}") from error


def _export(cursor: duckdb.DuckDBPyConnection, directory: Path) -> dict[str, int]:
    _write(cursor, _PROFILES_OF, directory / PROFILES)
    _write(cursor, _SIGHTINGS_OF, directory / SIGHTINGS)
    for name, columns in REST.items():
        where = f" WHERE {_FACTS}" if name == "facts" else ""
        columns = columns.replace("disk", "nullif(disk, 0) AS disk")  # noqa: PLW2901  # an engine without NULL has 0
        _write(cursor, f"SELECT {columns} FROM {name}{where} ORDER BY ALL", directory / file_of(name))  # noqa: S608  # our own names
    return {name: _count(cursor, name) for name in ("profiles", "sightings")}


def _write(cursor: duckdb.DuckDBPyConnection, select: str, path: Path) -> None:
    target = str(path).replace("'", "''")
    cursor.execute(f"COPY ({select}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")  # a target cannot be bound


def _count(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    row = cursor.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608  # our own names
    return 0 if row is None else int(row[0])


@contextmanager
def _copy_of(snapshot: Snapshot, directory: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to a file, which is removed at the end, with the tables of another engine's snapshot."""
    with (
        tempfile.TemporaryDirectory(dir=directory.parent) as place,
        closing(duckdb.connect(str(Path(place) / "copy"))) as db,
    ):
        migrate(db, "a copy", new=True)
        db.execute("DELETE FROM classes")
        for name, columns in _COPIED.items():
            _add(db, name, columns, snapshot.query(f"SELECT DISTINCT {columns} FROM {name}", {}))  # noqa: S608  # our own names
        for part in range(_PARTS):
            sql = f"SELECT DISTINCT {_DESCRIBED} FROM profiles WHERE modulo(profile, $parts) = $part"  # noqa: S608  # as above
            _add(db, "profiles", _DESCRIBED, snapshot.query(sql, {"parts": _PARTS, "part": part}))
        for (day,) in snapshot.query("SELECT DISTINCT day FROM sightings ORDER BY day", {}):
            seen = snapshot.query("SELECT install, profile, last FROM sightings WHERE day = $day", {"day": str(day)})
            begin = (day - _EPOCH).days * 86_400
            rows = [(install, day, profile, last - begin) for install, profile, last in seen]
            _add(db, "sightings", "install, day, profile, second", rows)
        yield db


def _add(db: duckdb.DuckDBPyConnection, table: str, columns: str, rows: Sequence[Cells]) -> None:
    if rows:
        values = {f"c{place}": list(cells) for place, cells in enumerate(zip(*rows, strict=True))}
        listed = ", ".join(f"unnest(${value})" for value in values)
        db.execute(f"INSERT INTO {table} ({columns}) SELECT {listed}", values)  # our own names
