"""The columns of ``profiles``: where each comes from in a `Profile`. Every engine loads by this table."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from headcount.contract import Name, Profile, Release, Vocabulary
from headcount.warehouse._classes import WWW, Classes

Value = int | str | list[int] | list[str] | list[list[str]]


class Column(NamedTuple):
    """A column: its name, its type in DuckDB and in ClickHouse, and its value for a profile.

    ``value`` gets the profile, its classes as `uses` gives them, and the vocabulary by which it was scrubbed.
    """

    name: str
    duckdb: str
    clickhouse: str
    value: Callable[[Profile, list[Use], Vocabulary], Value]


class Use(NamedTuple):
    """One entry of the columns of classes."""

    number: int
    depth: int
    times: int


def uses(profile: Profile, vocabulary: Vocabulary, classes: Classes) -> list[Use]:
    """What a profile uses: its classes by name and depth, then its plugins of the web interface by name."""
    used = [
        Use(classes.number(name.base, vocabulary.kind(name.base)), name.depth, count)
        for name, count in sorted(profile.plugins or ())  # the statements rely on it
    ]
    return used + [Use(classes.number(name, WWW), 0, count) for name, count in profile.www or ()]


def _release(release: Release | None) -> int:
    return 0 if release is None else release.number


def _steps(sequence: tuple[Name, ...]) -> list[str]:
    return [name.wire for name in sequence]


def _text(attribute: str) -> Callable[[Profile, list[Use], Vocabulary], Value]:
    return lambda profile, *_: getattr(profile, attribute) or ""


def _version(attribute: str) -> Callable[[Profile, list[Use], Vocabulary], Value]:
    return lambda profile, *_: _release(getattr(profile, attribute))


def _newer(profile: Profile, vocabulary: Vocabulary) -> int:
    return int(vocabulary.is_behind(profile.buildbot, profile.vocabulary))


COLUMNS: tuple[Column, ...] = (
    *(Column(name, "VARCHAR", "String", _text(name)) for name in ("sender", "level", "vocabulary")),
    Column("answered", "VARCHAR[]", "Array(String)", lambda profile, *_: list(profile.answered)),
    *(Column(name, "UINTEGER", "UInt32", _version(name)) for name in ("buildbot", "python", "twisted", "sqlalchemy")),
    *(
        Column(name, "VARCHAR", "String", _text(name))
        for name in ("system", "machine", "distro", "kernel", "implementation", "db", "mq")
    ),
    Column("multi_master", "UTINYINT", "UInt8", lambda profile, *_: int(profile.multi_master or False)),
    Column("classes", "USMALLINT[]", "Array(UInt16)", lambda _, uses, __: [use.number for use in uses]),
    Column("depths", "UTINYINT[]", "Array(UInt8)", lambda _, uses, __: [use.depth for use in uses]),
    Column("counts", "UINTEGER[]", "Array(UInt32)", lambda _, uses, __: [use.times for use in uses]),
    Column(
        "sequences",
        "VARCHAR[][]",
        "Array(Array(String))",
        lambda profile, *_: [_steps(sequence) for sequence, _ in profile.pipelines or ()],
    ),
    Column("builders", "UINTEGER[]", "Array(UInt32)", lambda profile, *_: [n for _, n in profile.pipelines or ()]),
    Column("scrubbed", "VARCHAR[]", "Array(String)", lambda profile, *_: [what for what, _ in profile.scrubbed]),
    Column("scrubs", "UINTEGER[]", "Array(UInt32)", lambda profile, *_: [n for _, n in profile.scrubbed]),
    Column(
        "newer",
        "UTINYINT",
        "UInt8",
        lambda profile, _, known: int(known.is_behind(profile.buildbot, profile.vocabulary)),
    ),
)
"""In the order of the tables, after the column ``profile``, which holds the key."""


def row(profile: Profile, vocabulary: Vocabulary, classes: Classes) -> list[Value]:
    """The values of `COLUMNS` for a profile, whose classes get a number where they have none."""
    used = uses(profile, vocabulary, classes)
    return [column.value(profile, used, vocabulary) for column in COLUMNS]


_SPELT_OUT = {
    "classes": {
        "names": "list_transform(classes, lambda number: known_names[number])",
        "kinds": "list_transform(classes, lambda number: known_kinds[number])",
    }
}
_DESCRIBED = {
    name: sql for column in COLUMNS for name, sql in _SPELT_OUT.get(column.name, {column.name: column.name}).items()
}

DESCRIBED = ("profile", *_DESCRIBED)
"""The columns of `DESCRIPTIONS`."""

DESCRIPTIONS = (
    f"SELECT profile, {', '.join(f'{sql} AS {name}' for name, sql in _DESCRIBED.items())} FROM profiles, "  # noqa: S608  # our own names
    "(SELECT map(list(class), list(name)) AS known_names, map(list(class), list(kind)) AS known_kinds FROM classes)"
)
"""The statement that gives ``profiles`` to read outside the warehouse, where numbers of classes mean nothing."""
