"""What a warehouse knows of publications: which there are, and the states of which the last tables were computed."""

from __future__ import annotations

from collections.abc import Mapping

from headcount.warehouse._port import Snapshot

WEEK_FACT = "published"
"""The fact that a week was published; there is one for each week."""

STATES_FACT = "published states"
"""The fact for which week the last tables were computed."""

States = Mapping[int, int]
"""Installations (pseudonyms), each with its profile."""


def is_published(snapshot: Snapshot, week: str) -> bool:
    """Return whether a week (``2026-W47``), or a record by its name, was published, or may have been."""
    return _is_fact(snapshot, WEEK_FACT, week)


def published_states(snapshot: Snapshot, computed: str) -> States | None:
    """Return the states of which the tables for the week ``computed`` were computed; None where they are not known."""
    if not _is_fact(snapshot, STATES_FACT, computed):
        return None
    return dict(snapshot.query("SELECT install, profile FROM published", {}))


def published(snapshot: Snapshot, name: str) -> str | None:
    """Return what was published of a week, or as a record of this name; None where nothing is stored."""
    rows = snapshot.query("SELECT document FROM documents WHERE name = $name", {"name": name})
    return str(rows[0][0]) if rows else None


def published_names(snapshot: Snapshot) -> list[str]:
    """Return the names of all that is stored as published."""
    return [name for (name,) in snapshot.query("SELECT DISTINCT name FROM documents ORDER BY name", {})]


def _is_fact(snapshot: Snapshot, name: str, value: str) -> bool:
    rows = snapshot.query("SELECT 1 FROM facts WHERE name = $name AND value = $value", {"name": name, "value": value})
    return bool(rows)
