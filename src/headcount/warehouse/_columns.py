"""The columns of ``profiles``, and how each is read from the canonical bytes of a profile. Every engine loads by them.

No `Profile` is made on the way: new profiles take most of the time of loading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

import orjson

from headcount.contract import CATALOG, Name, Release, Vocabulary, parse_name
from headcount.warehouse._classes import WWW, Classes

Value = int | str | list[int] | list[str] | list[list[str]]
_T = TypeVar("_T")

Answers = Mapping[str, Any]
"""A profile as `headcount.contract.Profile.canonical` writes it, parsed, with what `Rows` adds to it."""


class Column(NamedTuple):
    """A column: its name, its type in DuckDB and in ClickHouse, and what reads its value from a profile."""

    name: str
    duckdb: str
    clickhouse: str
    value: Callable[[Answers], Value]


class Rows:
    """Makes rows of profiles, and numbers the classes that have no number yet."""

    def __init__(self, vocabulary: Vocabulary, classes: Classes) -> None:
        """``vocabulary``: the names by which the profiles were scrubbed; ``classes``: their numbers."""
        self._vocabulary = vocabulary
        self._classes = classes
        # By the name of a class as a profile writes it: most names came before.
        self._numbers: dict[str, tuple[Name, int]] = {}
        self._steps: set[str] = set()

    def row(self, canonical: bytes) -> list[Value]:
        """Return the values of `COLUMNS` for a profile, given its canonical bytes.

        Raises ValueError, TypeError, KeyError or AttributeError for other bytes.
        """
        answers: dict[str, Any] = orjson.loads(canonical)
        if not _NEEDED <= answers.keys() <= _KEYS or None in answers.values():
            raise KeyError
        buildbot = Release(*answers["buildbot"]) if "buildbot" in answers else None
        answers["newer"] = int(self._vocabulary.is_behind(buildbot, answers.get("vocabulary")))
        self._number(answers)
        for step in {*chain.from_iterable([steps for steps, _ in answers.get("pipelines", ())])} - self._steps:
            _name(step)
            self._steps.add(step)
        return [column.value(answers) for column in COLUMNS]

    def _number(self, answers: dict[str, Any]) -> None:
        """Add a profile's classes as numbers: in the order of names and depths, then the web interface's plugins by name.

        The statements rely on this order.
        """
        numbers = self._numbers
        classes = [(numbers.get(text) or self._read(text), count) for text, count in answers.get("plugins", ())]
        classes.sort()
        www = answers.get("www", ())
        answers["classes"] = [number for (_, number), _ in classes] + [
            self._classes.number(name, WWW) for name, _ in www
        ]
        answers["depths"] = [name.depth for (name, _), _ in classes] + [0] * len(www)
        answers["counts"] = [_is(int, count) for _, count in chain(classes, www)]

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


def _is(kind: type[_T], value: object) -> _T:
    """Return a value of that type; an engine would take a number for text, and text for a number."""
    if type(value) is not kind:
        raise TypeError
    return value


def _text(key: str) -> Callable[[Answers], Value]:
    return lambda answers: _is(str, answers.get(key, ""))


def _version(key: str) -> Callable[[Answers], Value]:
    return lambda answers: Release(*answers[key]).number if key in answers else 0


def _things(key: str, kind: type) -> Callable[[Answers], list[Any]]:
    return lambda answers: [_is(kind, thing) for thing, _ in answers.get(key, ())]


def _counts(key: str) -> Callable[[Answers], Value]:
    return lambda answers: [_is(int, count) for _, count in answers.get(key, ())]


COLUMNS: tuple[Column, ...] = (
    *(Column(name, "VARCHAR", "String", _text(name)) for name in ("sender", "level", "vocabulary")),
    Column(
        "answered", "VARCHAR[]", "Array(String)", lambda answers: [path for path, key in _ANSWERS if key in answers]
    ),
    *(Column(name, "UINTEGER", "UInt32", _version(name)) for name in ("buildbot", "python", "twisted", "sqlalchemy")),
    *(
        Column(name, "VARCHAR", "String", _text(name))
        for name in ("system", "machine", "distro", "kernel", "implementation", "db", "mq")
    ),
    Column("multi_master", "UTINYINT", "UInt8", lambda answers: int(_is(bool, answers.get("multi_master", False)))),
    Column("classes", "USMALLINT[]", "Array(UInt16)", itemgetter("classes")),
    Column("depths", "UTINYINT[]", "Array(UInt8)", itemgetter("depths")),
    Column("counts", "UINTEGER[]", "Array(UInt32)", itemgetter("counts")),
    Column("sequences", "VARCHAR[][]", "Array(Array(String))", _things("pipelines", list)),
    Column("builders", "UINTEGER[]", "Array(UInt32)", _counts("pipelines")),
    Column("scrubbed", "VARCHAR[]", "Array(String)", _things("scrubbed", str)),
    Column("scrubs", "UINTEGER[]", "Array(UInt32)", _counts("scrubbed")),
    Column("newer", "UTINYINT", "UInt8", itemgetter("newer")),
)
"""In the order of the tables, after the column ``profile``, which holds the key."""
