"""The words of the registry as a maintainer says them: the headings of columns and tables, and the bases."""

from __future__ import annotations

from collections.abc import Mapping

_COLUMNS: Mapping[str, str] = {
    "adjusted": "by chance, corrected",
    "all": "of all masters",
    "band": "how many",
    "both": "both",
    "by_least": "days, at least so many",
    "by_most": "days, at most so many",
    "change": "change",
    "confidence": "of those with the first",
    "customized": "with a subclass of their own",
    "days": "days",
    "denominator": "answered",
    "elsewhere": "share of all",
    "estimate": "estimate",
    "gone": "gone since",
    "installations": "masters",
    "instances": "instances in all",
    "interval": "95% interval",
    "kept": "kept it",
    "lift": "times as often as in all",
    "memory": "months of memory",
    "most": "at most",
    "new": "new",
    "others": "others with it",
    "others_share": "share of others",
    "p": "by chance",
    "part": "part",
    "portion": "part of them",
    "rate": "share of its masters",
    "running": "this or newer",
    "running_share": "share, this or newer",
    "seen": "seen",
    "seen_before": "seen a year before",
    "silent": "silent before",
    "started": "started",
    "started_once": "started, organisations once",
    "state": "masters that are",
    "stopped": "stopped",
    "stopped_once": "stopped, organisations once",
    "subclassed": "share that subclasses it",
    "supported_until": "supported until",
    "unanswered": "no longer tell",
    "users": "masters that use it",
    "with": "with",
    "workers_at_least": "workers, at least",
}
_TABLES: Mapping[str, str] = {
    "classes": "Plugins",
    "environments": "Environments",
    "everywhere": "Left out, since nearly all use them",
    "periods": "Of whom the shares are",
    "quartiles": "Days until so many had upgraded",
    "series": "Versions",
}

BASIS_WORDS: Mapping[str, str] = {
    "alive": "alive: seen in 13 months",
    "confirmed": "alive, and seen on two days",
    "seen": "seen in the window",
}
"""Whom an answer is about, by its basis."""


def heading(column: str) -> str:
    """Return the heading of a column of an answer, which the registry names."""
    return _COLUMNS.get(column, column.replace("_", " "))


def table_title(name: str) -> str:
    """Return the title of a table beside the rows of an answer."""
    return _TABLES.get(name, name.replace("_", " ").capitalize())
