"""Profiles with their classes spelt out, to be read outside the warehouse, where numbers of classes mean nothing."""

from __future__ import annotations

from collections.abc import Sequence

from headcount.warehouse._columns import COLUMNS
from headcount.warehouse._port import Snapshot
from headcount.warehouse.clickhouse._snapshot import among


def describe(snapshot: Snapshot, keys: Sequence[int]) -> list[dict[str, object]]:
    """Return what profiles say, by column, in the order of ``keys``; the classes are spelt out."""
    if not keys:
        return []
    classes = {
        number: (name, kind) for number, name, kind in snapshot.query("SELECT class, name, kind FROM classes", {})
    }
    columns = [column.name for column in COLUMNS]
    rows = snapshot.query(
        f"SELECT profile, {', '.join(columns)} FROM profiles WHERE {among('profile', keys)}",  # noqa: S608  # our own names
        {},
    )
    found: dict[int, dict[str, object]] = {}
    for key, *values in rows:
        said: dict[str, object] = {}
        for name, value in zip(columns, values, strict=True):
            if name == "classes":
                said |= {"names": [classes[each][0] for each in value], "kinds": [classes[each][1] for each in value]}
            elif name == "variety_classes":
                said["variety_names"] = [classes[each][0] for each in value]
            else:
                said[name] = value
        found[key] = said
    return [found[key] for key in keys if key in found]
