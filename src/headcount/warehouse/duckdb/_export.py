"""An export: what the warehouse holds of reports, as Parquet, and the way back.

Two files: ``profiles.parquet`` with what was described, and ``sightings.parquet`` with who was seen with which profile on
which day. A profile's columns hold all of it, so that the way back gives the same profile, and so the same key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from headcount.contract import CATALOG, Name, Profile, Release, mark_of_left_janitor, parse_name, without_janitor
from headcount.warehouse._classes import CONFIGURATOR, FACTORY, OWN_FIELDS, WWW
from headcount.warehouse.duckdb._descriptions import DESCRIPTIONS

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
            described = db.execute("FROM read_parquet($file)", {"file": profiles})
            names = [name for name, *_ in described.description or ()]
            contents = {}
            while rows := described.fetchmany(_ROWS):
                for row in rows:
                    values = dict(zip(names, row, strict=True))
                    contents[values["profile"]] = profile_of(values).canonical()
            seen = db.execute("SELECT last, install, stock, profile FROM read_parquet($file)", {"file": sightings})
            while batch := seen.fetchmany(_ROWS):
                yield [Exported(last, install, stock, contents[profile]) for last, install, stock, profile in batch]
        except (duckdb.Error, KeyError, TypeError) as error:
            raise ValueError(f"{directory} holds no export of Headcount's: {error}") from error


Row = Mapping[str, Any]


def profile_of(row: Row) -> Profile:
    """Return the profile of a row of `DESCRIPTIONS`, or of an older one, which has fewer columns."""
    values: dict[str, Any] = {"sender": row["sender"], "level": row["level"], "vocabulary": row["vocabulary"] or None}
    answered = set(row["answered"])
    for field in CATALOG:
        if field.path in answered:
            values[field.attribute] = _READ.get(field.attribute, itemgetter(field.attribute))(row)
    values["scrubbed"] = tuple(zip(row["scrubbed"], row["scrubs"], strict=True))
    if "janitor" in row:
        ours, said = row["sender"] == "headcount", (values.get("plugins"), values.get("pipelines"))
        values["janitor"] = bool(row["janitor"]) or (mark_of_left_janitor(*said) if ours else None)
    else:  # what JanitorConfigurator adds was still counted when it was written
        values |= without_janitor(values.get("plugins"), values.get("pipelines"))
    return Profile(**values)


def _release(column: str) -> Callable[[Row], Release]:
    return lambda row: Release.from_number(row[column])


def _entries(row: Row) -> Iterator[tuple[Name, str, int]]:
    """Yield each class with its kind, and how often it occurs."""
    for name, kind, depth, count in zip(row["names"], row["kinds"], row["depths"], row["counts"], strict=True):
        yield Name(name, depth), kind, count


def _of_kind(wanted: str) -> Callable[[Row], tuple[tuple[Name, int], ...]]:
    return lambda row: tuple((name, count) for name, kind, count in _entries(row) if kind == wanted)


def _words(column: str) -> Callable[[Row], tuple[tuple[str, int], ...]]:
    return lambda row: tuple(sorted(Counter(row[column]).items()))


def _pipelines(row: Row) -> Any:
    sequences = (tuple(_step(step) for step in steps) for steps in row["sequences"])
    return tuple(zip(sequences, row["builders"], strict=True))


_READ: Mapping[str, Callable[[Row], Any]] = {
    **{product: _release(product) for product in ("buildbot", "python", "twisted", "sqlalchemy")},
    "multi_master": lambda row: bool(row["multi_master"]),
    "plugins": lambda row: tuple((name, count) for name, kind, count in _entries(row) if kind not in OWN_FIELDS),
    "www": lambda row: tuple((name.base, count) for name, kind, count in _entries(row) if kind == WWW),
    "configurators": _of_kind(CONFIGURATOR),
    "factories": _of_kind(FACTORY),
    "pipelines": _pipelines,
    "workers": lambda row: tuple(
        zip(map(Release.from_number, row["worker_releases"]), row["worker_bands"], strict=True)
    ),
    "variety": lambda row: tuple(zip(map(Name, row["variety_names"]), row["varieties"], strict=True)),
    "hooks": _words("hooks"),
    "protocols": _words("protocols"),
}
"""What reads an attribute of a profile; one that is not here is in the column of its name."""


def _step(text: str) -> Name:
    name = parse_name(text)
    if name is None:
        raise TypeError("a step of a sequence is no name")
    return name
