"""The kinds of classes, by which reports count them."""

from __future__ import annotations

from headcount.warehouse import OWN_FIELDS

KINDS = (
    "worker", "builder", "step", "scheduler", "change source", "reporter", "service", "other",
)  # fmt: skip
"""The kinds of class that every reporter counts among the plugins; `OWN_FIELDS` has those with a field of their own."""

KINDS_AT_FULL = ("secrets provider", "authentication", "report generator", "machine")
"""The kinds of class that only full reports of ours count."""

PLUGINS_AT_FULL = "plugins at full"
"""In place of a path: the field ``plugins`` of a report that counts `KINDS_AT_FULL` too."""


def counted_by(kind: str) -> str:
    """Return the field that counts the classes of a kind: a path of the catalog, or `PLUGINS_AT_FULL`."""
    return PLUGINS_AT_FULL if kind in KINDS_AT_FULL else OWN_FIELDS.get(kind, "plugins")


def told_apart(kind: str) -> str:
    """Return a kind whose classes are no plugins like others, and else nothing."""
    return kind if kind in OWN_FIELDS or kind in KINDS_AT_FULL else ""
