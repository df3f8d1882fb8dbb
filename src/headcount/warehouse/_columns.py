"""The columns of ``profiles``: where each comes from in the canonical bytes of a profile. Every engine loads by this table.

No `Profile` is made on the way: what takes most of the time of loading is what is new.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from headcount.contract import CATALOG, Name, Release, Vocabulary, parse_name
from headcount.warehouse._classes import WWW, Classes

Value = int | str | list[int] | list[str] | list[list[str]]

Said = Mapping[str, Any]
"""What `headcount.contract.Profile.canonical` wrote, as JSON, and what `Rows` found out about it."""


class Column(NamedTuple):
    """A column: its name, its type in DuckDB and in ClickHouse, and its value for what a profile says."""

    name: str
    duckdb: str
    clickhouse: str
    value: Callable[[Said], Value]


class Rows:
    """Makes rows of profiles, and gives a number to each class that has none."""

    def __init__(self, vocabulary: Vocabulary, classes: Classes) -> None:
        """``vocabulary``: that by which the profiles were scrubbed."""
        self._vocabulary = vocabulary
        self._classes = classes
        # By the name of a class as a profile writes it: most are those of others before.
        self._numbers: dict[str, tuple[Name, int]] = {}
        self._steps: set[str] = set()

    def row(self, canonical: bytes) -> list[Value]:
        """The values of `COLUMNS` for a profile.

        Raises ValueError, TypeError, KeyError or AttributeError for other bytes.
        """
        said: dict[str, Any] = orjson.loads(canonical)
        if not _NEEDED <= said.keys() <= _KEYS or None in said.values():
            raise KeyError
        buildbot = Release(*said["buildbot"]) if "buildbot" in said else None
        said["newer"] = int(self._vocabulary.is_behind(buildbot, said.get("vocabulary")))
        self._number(said)
        for step in {*chain.from_iterable([steps for steps, _ in said.get("pipelines", ())])} - self._steps:
            _name(step)
            self._steps.add(step)
        return [column.value(said) for column in COLUMNS]

    def _number(self, said: dict[str, Any]) -> None:
        """Say a profile's classes by their numbers: by name and depth, then the plugins of the web interface by name.

        The statements rely on this order.
        """
        numbers = self._numbers
        classes = [(numbers.get(text) or self._read(text), count) for text, count in said.get("plugins", ())]
        classes.sort()
        www = said.get("www", ())
        said["classes"] = [number for (_, number), _ in classes] + [self._classes.number(name, WWW) for name, _ in www]
        said["depths"] = [name.depth for (name, _), _ in classes] + [0] * len(www)
        said["counts"] = [count for _, count in classes] + [count for _, count in www]

    def _read(self, text: str) -> tuple[Name, int]:
        name = _name(text)
        self._numbers[text] = name, self._classes.number(name.base, self._vocabulary.kind(name.base))
        return self._numbers[text]


def _name(text: str) -> Name:
    name = parse_name(text)
    if name is None:
        raise ValueError
    return name


_ANSWERS = [(field.path, field.attribute) for field in CATALOG]
_NEEDED = {"sender", "level"}
_KEYS = {*_NEEDED, "vocabulary", "scrubbed", *(field.attribute for field in CATALOG)}


def _text(key: str) -> Callable[[Said], Value]:
    return lambda said: said.get(key, "")


def _version(key: str) -> Callable[[Said], Value]:
    return lambda said: Release(*said[key]).number if key in said else 0


def _things(key: str) -> Callable[[Said], Value]:
    return lambda said: [thing for thing, _ in said.get(key, ())]


def _counts(key: str) -> Callable[[Said], Value]:
    return lambda said: [count for _, count in said.get(key, ())]


COLUMNS: tuple[Column, ...] = (
    *(Column(name, "VARCHAR", "String", _text(name)) for name in ("sender", "level", "vocabulary")),
    Column("answered", "VARCHAR[]", "Array(String)", lambda said: [path for path, key in _ANSWERS if key in said]),
    *(Column(name, "UINTEGER", "UInt32", _version(name)) for name in ("buildbot", "python", "twisted", "sqlalchemy")),
    *(
        Column(name, "VARCHAR", "String", _text(name))
        for name in ("system", "machine", "distro", "kernel", "implementation", "db", "mq")
    ),
    Column("multi_master", "UTINYINT", "UInt8", lambda said: int(said.get("multi_master", False))),
    Column("classes", "USMALLINT[]", "Array(UInt16)", itemgetter("classes")),
    Column("depths", "UTINYINT[]", "Array(UInt8)", itemgetter("depths")),
    Column("counts", "UINTEGER[]", "Array(UInt32)", itemgetter("counts")),
    Column("sequences", "VARCHAR[][]", "Array(Array(String))", _things("pipelines")),
    Column("builders", "UINTEGER[]", "Array(UInt32)", _counts("pipelines")),
    Column("scrubbed", "VARCHAR[]", "Array(String)", _things("scrubbed")),
    Column("scrubs", "UINTEGER[]", "Array(UInt32)", _counts("scrubbed")),
    Column("newer", "UTINYINT", "UInt8", itemgetter("newer")),
)
"""In the order of the tables, after the column ``profile``, which holds the key."""
