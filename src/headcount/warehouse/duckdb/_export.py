"""An export: what the warehouse holds of reports, as Parquet, and the way back.

Two files: ``profiles.parquet`` with what was described, and ``sightings.parquet`` with who was seen with which profile on
which day. A profile's columns hold all of it, so that the way back gives the same profile, and so the same key.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from headcount.contract import CATALOG, Name, Profile, Release, parse_name
from headcount.warehouse._classes import WWW
from headcount.warehouse.duckdb._descriptions import DESCRIBED, DESCRIPTIONS

FILES = ("profiles.parquet", "sightings.parquet")

_PROFILES = f"{DESCRIPTIONS} ORDER BY profile"
_SIGHTINGS = """
SELECT sightings.install, day, profile, last, coalesce(stock, 0)::UBIGINT AS stock
FROM sightings LEFT JOIN origins ON origins.install = sightings.install
ORDER BY day, sightings.install, last"""
_ROWS = 50_000  # of sightings that are read at a time


class Exported(NamedTuple):
    """A sighting of an export.

    ``received``: Unix time of the day's last report; ``install``, ``stock``: pseudonyms, ``stock`` 0 where there is none;
    ``content``: the canonical bytes of the profile.
    """

    received: int
    install: int
    stock: int
    content: bytes


def export(cursor: duckdb.DuckDBPyConnection, directory: Path) -> dict[str, int]:
    """Write the files; return how many rows each has. The cursor is in a transaction, so that both are of one moment."""
    profiles, sightings = (str(directory / name) for name in FILES)
    _copy(cursor, _PROFILES, profiles)
    _copy(cursor, _SIGHTINGS, sightings)
    return {name: _count(cursor, name) for name in ("profiles", "sightings")}


def _copy(cursor: duckdb.DuckDBPyConnection, select: str, path: str) -> None:
    target = path.replace("'", "''")
    cursor.execute(f"COPY ({select}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")  # a target cannot be bound


def _count(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    row = cursor.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608  # our own names
    return 0 if row is None else int(row[0])


def read_export(directory: Path) -> Iterator[list[Exported]]:
    """Yield the sightings of an export by day, some at a time.

    Raises ValueError where a file is not as `export` writes it.
    """
    profiles, sightings = (str(directory / name) for name in FILES)
    with duckdb.connect(":memory:") as db:
        try:
            described = db.execute("FROM read_parquet($file) SELECT " + ", ".join(DESCRIBED), {"file": profiles})
            contents = {}
            while rows := described.fetchmany(_ROWS):
                for row in rows:
                    contents[row[0]] = profile_of(dict(zip(DESCRIBED, row, strict=True))).canonical()
            seen = db.execute("SELECT last, install, stock, profile FROM read_parquet($file)", {"file": sightings})
            while batch := seen.fetchmany(_ROWS):
                yield [Exported(last, install, stock, contents[profile]) for last, install, stock, profile in batch]
        except (duckdb.Error, KeyError, TypeError) as error:
            raise ValueError(f"{directory} holds no export of Headcount's: {error}") from error


def profile_of(row: dict[str, Any]) -> Profile:
    """Return the profile of a row of `DESCRIPTIONS`."""
    values: dict[str, Any] = {"sender": row["sender"], "level": row["level"], "vocabulary": row["vocabulary"] or None}
    answered = set(row["answered"])
    for field in CATALOG:
        if field.path in answered and field.attribute not in ("plugins", "www", "pipelines"):
            value = row[field.attribute]
            values[field.attribute] = Release.from_number(value) if field.path.startswith("versions.") else value
    if "multi_master" in values:
        values["multi_master"] = bool(values["multi_master"])
    entries = list(zip(row["names"], row["kinds"], row["depths"], row["counts"], strict=True))
    if "plugins" in answered:
        values["plugins"] = tuple((Name(name, depth), times) for name, kind, depth, times in entries if kind != WWW)
    if "www_plugins" in answered:
        values["www"] = tuple((name, times) for name, kind, _, times in entries if kind == WWW)
    if "builders" in answered:
        sequences = (tuple(_step(step) for step in steps) for steps in row["sequences"])
        values["pipelines"] = tuple(zip(sequences, row["builders"], strict=True))
    values["scrubbed"] = tuple(zip(row["scrubbed"], row["scrubs"], strict=True))
    return Profile(**values)


def _step(text: str) -> Name:
    name = parse_name(text)
    if name is None:
        raise TypeError("a step of a sequence is no name")
    return name
