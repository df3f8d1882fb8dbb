"""The columns of ``profiles``: where each comes from in a `Profile`. Every engine loads by this table."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from headcount.contract import Name, Profile, Release, Vocabulary

Value = int | str | list[int] | list[str] | list[list[str]]


class Column(NamedTuple):
    """A column: its name, its type in DuckDB and in ClickHouse, and its value for a profile.

    ``value`` gets the profile, its plugins as `plugins` gives them, and the vocabulary by which it was scrubbed.
    """

    name: str
    duckdb: str
    clickhouse: str
    value: Callable[[Profile, list[Plugin], Vocabulary], Value]


class Plugin(NamedTuple):
    """One entry of the plugin columns."""

    name: str
    kind: str
    depth: int
    times: int


WWW = "www"
"""The kind of the plugins of the web interface, which stand among the others."""


def plugins(profile: Profile, vocabulary: Vocabulary) -> list[Plugin]:
    """All plugins of a profile: its classes with their kinds, then its www plugins."""
    classes = [
        Plugin(name.base, vocabulary.kind(name.base), name.depth, count) for name, count in profile.plugins or ()
    ]
    return classes + [Plugin(name, WWW, 0, count) for name, count in profile.www or ()]


def _release(release: Release | None) -> int:
    return 0 if release is None else release.number


def _steps(sequence: tuple[Name, ...]) -> list[str]:
    return [name.wire for name in sequence]


def _text(attribute: str) -> Callable[[Profile, list[Plugin], Vocabulary], Value]:
    return lambda profile, *_: getattr(profile, attribute) or ""


def _version(attribute: str) -> Callable[[Profile, list[Plugin], Vocabulary], Value]:
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
    Column("names", "VARCHAR[]", "Array(String)", lambda _, plugins, __: [plugin.name for plugin in plugins]),
    Column("kinds", "VARCHAR[]", "Array(String)", lambda _, plugins, __: [plugin.kind for plugin in plugins]),
    Column("depths", "UTINYINT[]", "Array(UInt8)", lambda _, plugins, __: [plugin.depth for plugin in plugins]),
    Column("counts", "UINTEGER[]", "Array(UInt32)", lambda _, plugins, __: [plugin.times for plugin in plugins]),
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


def row(profile: Profile, vocabulary: Vocabulary) -> list[Value]:
    """The values of `COLUMNS` for a profile."""
    entries = plugins(profile, vocabulary)
    return [column.value(profile, entries, vocabulary) for column in COLUMNS]
