"""New profiles, and the numbers of their classes, within a change: both are there with its version, or never."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from headcount.contract import WITH_PROFILE, Arrival, Vocabulary
from headcount.warehouse._classes import RESERVED, Classes
from headcount.warehouse._columns import COLUMNS, Rows
from headcount.warehouse.clickhouse._change import Change, Unit
from headcount.warehouse.clickhouse._families import parts
from headcount.warehouse.clickhouse._snapshot import ClickHouseSnapshot, among

_OF_PYTHON = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_OTHER_TYPES = "values of other types"
_BITS = {"UInt8": 8, "UInt16": 16, "UInt32": 32}


def read_classes(snapshot: ClickHouseSnapshot) -> Classes:
    """Return the classes that are held."""
    return Classes(snapshot.query("SELECT class, name, kind FROM classes", {}) or RESERVED)


def store_classes(change: Change, classes: Classes) -> None:
    """Store the classes that are new, or of another kind; but for those without a number, whose profiles are damaged."""
    held = change.before.query("SELECT class, name, kind FROM classes", {})
    new = {number: row for number, row in classes.changed.items() if number < 1 << _BITS["UInt16"]}
    if new or not held:
        rows = {row[0]: row for row in (*RESERVED, *held)} | new
        change.rewrite(Unit.CLASSES, {"classes": [rows[number] for number in sorted(rows)]})


def add_profiles(change: Change, arrivals: Sequence[Arrival], known: Vocabulary) -> dict[int, str]:
    """Add the profiles that are new; return the keys of those that cannot be read, and of each in words why."""
    erased: dict[int, int] = dict(change.before.query("SELECT install, until FROM tombstones", {}))
    pairs = [
        (arrival.profile, arrival.content)
        for arrival in arrivals
        if arrival.what in WITH_PROFILE and arrival.received > erased.get(arrival.install, -1)
    ]
    stored = stored_profiles(change.before, {key for key, _ in pairs})
    classes = read_classes(change.before)
    reader = Rows(known, classes)
    rows: dict[int, list[Any]] = {}
    unreadable: dict[int, str] = {}
    for key, content in pairs:  # another arrival may have the same profile undamaged
        if key not in stored and key not in rows:
            why = _read(key, content, reader, rows)
            if why is not None:
                unreadable.setdefault(key, why)
    store_classes(change, classes)
    for key, row in rows.items():
        change.write("profiles", [row], change.rowset(), key)
    return {key: why for key, why in unreadable.items() if key not in rows}


def stored_profiles(snapshot: ClickHouseSnapshot, keys: Collection[int]) -> set[int]:
    """Return those of some keys whose profile is held."""
    return {
        key
        for some in parts(sorted(keys))
        for (key,) in snapshot.query(f"SELECT profile FROM profiles WHERE {among('profile', some)}", {})  # noqa: S608  # our own names
    }


def _read(key: int, content: bytes, reader: Rows, rows: dict[int, list[Any]]) -> str | None:
    """Add the row of a profile to ``rows``; return None, or in words why its bytes cannot be read."""
    try:
        values = reader.row(content)
    except _OF_PYTHON as error:
        return type(error).__name__  # the message might hold what was sent
    if not all(_fits(column.clickhouse, value) for column, value in zip(COLUMNS, values, strict=True)):
        return _OTHER_TYPES
    rows[key] = [key, *values]
    return None


def _fits(kind: str, value: object) -> bool:
    """Return whether a value can stand in a column of a type."""
    if kind.startswith("Array("):
        return isinstance(value, list) and _all_fit(kind[len("Array(") : -1], value)
    if kind == "String":
        return isinstance(value, str) and _is_encodable(value)
    return type(value) is int and 0 <= value < 1 << _BITS[kind]


def _all_fit(kind: str, values: Iterable[object]) -> bool:
    return all(_fits(kind, value) for value in values)


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
