"""What the warehouse knows of publications: which weeks they are of, and of whom the last tables were computed."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from headcount.warehouse._port import Snapshot

_WEEK = "published"  # a fact for each week
_COMPUTED = "published states"  # the fact for which week the last tables were computed

States = Mapping[int, int]
"""Installations (pseudonyms), each with its profile."""


def is_noted(snapshot: Snapshot, week: str) -> bool:
    """Whether a week (``2026-W47``) was published, or may have been."""
    return _is_fact(snapshot, _WEEK, week)


def states(snapshot: Snapshot, computed: str) -> States | None:
    """Of whom the tables were computed that were computed for a week; None where that is not known."""
    if not _is_fact(snapshot, _COMPUTED, computed):
        return None
    rows = snapshot.query("SELECT install, profile FROM published", {})
    return dict(rows)


def note(cursor: duckdb.DuckDBPyConnection, week: str, found: States | None) -> None:
    """Note, within a transaction, that a week was published, and of whom its tables were computed, if for that week."""
    cursor.execute("DELETE FROM facts WHERE name = ? AND value = ?", [_WEEK, week])
    cursor.execute("INSERT INTO facts VALUES (?, ?)", [_WEEK, week])
    if found is not None:
        cursor.execute("DELETE FROM facts WHERE name = ?", [_COMPUTED])
        cursor.execute("INSERT INTO facts VALUES (?, ?)", [_COMPUTED, week])
        cursor.execute("DELETE FROM published")
        cursor.execute(
            "INSERT INTO published SELECT unnest($installs::UBIGINT[]), unnest($profiles::UBIGINT[])",
            {"installs": list(found), "profiles": list(found.values())},
        )


def _is_fact(snapshot: Snapshot, name: str, value: str) -> bool:
    found = snapshot.query("SELECT 1 FROM facts WHERE name = $name AND value = $value", {"name": name, "value": value})
    return bool(found)
