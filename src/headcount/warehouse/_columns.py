"""The columns of ``profiles``, and how each is read from the canonical bytes of a profile. Every engine loads by them.

No `Profile` is made on the way: new profiles take most of the time of loading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

import orjson

from headcount.contract import CATALOG, JANITOR_STEPS, Name, Release, Vocabulary, parse_name
from headcount.warehouse._classes import CONFIGURATOR, FACTORY, WWW, Classes, plugin_kind
from headcount.warehouse._janitors import subtract_janitor

Value = int | str | list[int] | list[str] | list[list[str]]
_Entry = tuple[tuple[Name, int], int]  # a class with its number, and how often it occurs
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
        # By what counts the class and its name as a profile writes it: most names came before.
        self._numbers: dict[str, dict[str, tuple[Name, int]]] = {"plugins": {}, CONFIGURATOR: {}, FACTORY: {}}
        self._steps: set[str] = set()

    def row(self, canonical: bytes) -> list[Value]:
        """Return the values of `COLUMNS` for a profile, given its canonical bytes.

        Raises ValueError, TypeError, KeyError or AttributeError for other bytes.
        """
        answers: dict[str, Any] = orjson.loads(canonical)
        if "janitor" not in answers and any(step in canonical for step in _JANITORS):
            subtract_janitor(answers)  # it waited in an inbox since before
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
        """Add a profile's classes as numbers: the plugins, those of the web interface, configurators and factories.

        Each in the order of names and depths: the statements rely on it.
        """
        plugins = self._entries("plugins", answers.get("plugins", ()))
        www = answers.get("www", ())
        others = [
            *self._entries(CONFIGURATOR, answers.get("configurators", ())),
            *self._entries(FACTORY, answers.get("factories", ())),
        ]
        answers["classes"] = [
            *(number for (_, number), _ in plugins),
            *(self._classes.number(name, WWW) for name, _ in www),
            *(number for (_, number), _ in others),
        ]
        answers["depths"] = [
            *(name.depth for (name, _), _ in plugins), *[0] * len(www), *(name.depth for (name, _), _ in others)
        ]  # fmt: skip
        answers["counts"] = [_is(int, count) for _, count in chain(plugins, www, others)]
        varieties = self._entries("plugins", answers.get("variety", ()))
        answers["variety_classes"] = [number for (_, number), _ in varieties]
        answers["varieties"] = [_is(int, least) for _, least in varieties]

    def _entries(self, counted: str, pairs: Iterable[tuple[str, int]]) -> list[_Entry]:
        """Return classes with their numbers, sorted; ``counted``: ``plugins``, or the kind whose field counts them."""
        numbers = self._numbers[counted]
        entries = [(numbers.get(text) or self._read(counted, text), count) for text, count in pairs]
        entries.sort()
        return entries

    def _read(self, counted: str, text: str) -> tuple[Name, int]:
        name = _name(text)
        kind = plugin_kind(self._vocabulary, name.base) if counted == "plugins" else counted
        self._numbers[counted][text] = read = name, self._classes.number(name.base, kind)
        return read


def _name(text: str) -> Name:
    name = parse_name(text)
    if name is None:
        raise ValueError
    return name


_ANSWERS = [(field.path, field.attribute) for field in CATALOG]
_JANITORS = [step.encode() for step in sorted(JANITOR_STEPS)]
_NEEDED = {"sender", "level"}
_KEYS = {*_NEEDED, "vocabulary", "scrubbed", "janitor", *(field.attribute for field in CATALOG)}


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


def _each(key: str) -> Callable[[Answers], Value]:
    return lambda answers: [_is(str, word) for word, count in answers.get(key, ()) for _ in range(count)]


def _flag(key: str) -> Callable[[Answers], Value]:
    return lambda answers: int(_is(bool, answers.get(key, False)))


def _releases(key: str) -> Callable[[Answers], Value]:
    return lambda answers: [Release(*release).number for release, _ in answers.get(key, ())]


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
    Column("multi_master", "UTINYINT", "UInt8", _flag("multi_master")),
    Column("classes", "USMALLINT[]", "Array(UInt16)", itemgetter("classes")),
    Column("depths", "UTINYINT[]", "Array(UInt8)", itemgetter("depths")),
    Column("counts", "UINTEGER[]", "Array(UInt32)", itemgetter("counts")),
    Column("sequences", "VARCHAR[][]", "Array(Array(String))", _things("pipelines", list)),
    Column("builders", "UINTEGER[]", "Array(UInt32)", _counts("pipelines")),
    Column("scrubbed", "VARCHAR[]", "Array(String)", _things("scrubbed", str)),
    Column("scrubs", "UINTEGER[]", "Array(UInt32)", _counts("scrubbed")),
    Column("newer", "UTINYINT", "UInt8", itemgetter("newer")),
    *(Column(name, "VARCHAR", "String", _text(name)) for name in ("build", "driver", "server")),
    Column("worker_releases", "UINTEGER[]", "Array(UInt32)", _releases("workers")),
    Column("worker_bands", "UTINYINT[]", "Array(UInt8)", _counts("workers")),
    *(Column(name, "VARCHAR[]", "Array(String)", _each(name)) for name in ("hooks", "protocols")),
    Column("variety_classes", "USMALLINT[]", "Array(UInt16)", itemgetter("variety_classes")),
    Column("varieties", "UTINYINT[]", "Array(UInt8)", itemgetter("varieties")),
    Column("janitor", "UTINYINT", "UInt8", _flag("janitor")),
)
"""In the order of the tables, after the column ``profile``, which holds the key."""
