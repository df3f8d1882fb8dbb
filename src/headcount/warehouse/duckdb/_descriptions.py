"""Profiles with their classes spelt out, to be read outside the warehouse, where numbers of classes mean nothing."""

from __future__ import annotations

from collections.abc import Sequence

from headcount.warehouse._columns import COLUMNS
from headcount.warehouse._port import Snapshot

_SPELT_OUT = {
    "classes": {
        "names": "list_transform(classes, lambda number: known_names[number])",
        "kinds": "list_transform(classes, lambda number: known_kinds[number])",
    },
    "variety_classes": {"variety_names": "list_transform(variety_classes, lambda number: known_names[number])"},
}
_DESCRIBED = {
    name: sql for column in COLUMNS for name, sql in _SPELT_OUT.get(column.name, {column.name: column.name}).items()
}

DESCRIPTIONS = (
    f"SELECT profile, {', '.join(f'{sql} AS {name}' for name, sql in _DESCRIBED.items())} FROM profiles, "  # noqa: S608  # our own names
    "(SELECT map(list(class), list(name)) AS known_names, map(list(class), list(kind)) AS known_kinds FROM classes)"
)
"""The statement that gives ``profiles`` to read outside the warehouse, where numbers of classes mean nothing."""


def describe(snapshot: Snapshot, keys: Sequence[int]) -> list[dict[str, object]]:
    """Return what profiles say, by column, in the order of ``keys``; the classes are spelt out."""
    return [
        dict(zip(_DESCRIBED, values, strict=True))
        for key in keys
        for _, *values in snapshot.query(f"{DESCRIPTIONS} WHERE profile = $key", {"key": key})
    ]
