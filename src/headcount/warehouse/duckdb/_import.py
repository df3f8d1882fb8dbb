"""The way back of an export: its sightings with the profiles whole, and what is known beside them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from headcount.contract import CATALOG, Name, Profile, Release, mark_of_left_janitor, parse_name, without_janitor
from headcount.warehouse._classes import CONFIGURATOR, FACTORY, OWN_FIELDS, WWW
from headcount.warehouse._port import TAKEN_OVER, Cells
from headcount.warehouse.duckdb._export import PROFILES, SIGHTINGS, file_of

_ROWS = 50_000  # that are read at a time


class Exported(NamedTuple):
    """A sighting of an export, or another report that is held.

    ``received``: Unix time of the day's last report; ``install``, ``stock``: pseudonyms, ``stock`` 0 where there is none;
    ``profile``: the key that the profile had where it was exported; ``content``: its canonical bytes.
    """

    received: int
    install: int
    stock: int
    profile: int
    content: bytes
    crowded: bool = False


class Rest(NamedTuple):
    """What an export holds beside sightings.

    ``anonymous``: profiles that came without an install id, each at the beginning of a day; ``later``: what was not believed
    since it was later than the clock, by when it was read, Unix time; ``tables``: those of `TAKEN_OVER`.
    """

    anonymous: list[Exported]
    later: Mapping[int, list[Exported]]
    tables: Mapping[str, list[Cells]]


def read_export(directory: Path) -> Iterator[list[Exported]]:
    """Yield the sightings of an export by day, some at a time.

    Raises ValueError where a file is not as `write_export` writes it.
    """
    with _reading(directory) as db:
        contents = _contents(db, directory)
        seen = _rows(db, directory / SIGHTINGS, "last, install, stock, profile")
        while batch := seen.fetchmany(_ROWS):
            yield [Exported._make((*row, contents[row[-1]], False)) for row in batch]


def read_rest(directory: Path) -> Rest:
    """Return what an export holds beside sightings; of an older one nothing. Raises ValueError as `read_export` does."""
    if not (directory / file_of("facts")).exists():
        return Rest([], {}, {})
    with _reading(directory) as db:
        contents = _contents(db, directory)
        moment = "date_diff('day', DATE '1970-01-01', day) * 86400"
        came = _rows(db, directory / file_of("anonymous"), f"{moment}, 0, 0, profile").fetchall()
        later: defaultdict[int, list[Exported]] = defaultdict(list)
        apart = _rows(db, directory / file_of("later"), "noted, last, install, stock, profile, crowded").fetchall()
        for noted, *row, crowded in apart:
            later[noted].append(Exported._make((*row, contents[row[-1]], crowded)))
        tables = {
            name: _rows(db, directory / file_of(name), ", ".join(columns)).fetchall()
            for name, columns in TAKEN_OVER.items()
        }
        return Rest([Exported._make((*row, contents[row[-1]], False)) for row in came], later, tables)


@contextmanager
def _reading(directory: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        with duckdb.connect(":memory:") as db:
            yield db
    except (duckdb.Error, KeyError, TypeError) as error:
        raise ValueError(f"{directory} holds no export of Headcount's: {error}") from error


def _rows(db: duckdb.DuckDBPyConnection, file: Path, columns: str) -> duckdb.DuckDBPyConnection:
    return db.execute(f"SELECT {columns} FROM read_parquet($file)", {"file": str(file)})  # noqa: S608  # our own names


def _contents(db: duckdb.DuckDBPyConnection, directory: Path) -> Mapping[int, bytes]:
    described = _rows(db, directory / PROFILES, "*")
    names = [name for name, *_ in described.description or ()]
    contents = {}
    while rows := described.fetchmany(_ROWS):
        for row in rows:
            values = dict(zip(names, row, strict=True))
            contents[values["profile"]] = profile_of(values).canonical()
    return contents


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
