"""The plugins that Buildbot offers: what a configuration can name of its newest release."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from headcount.contract import Release, vocabulary
from headcount.warehouse import OWN_FIELDS, WWW

KINDS = ("worker", "step", "scheduler", "change source", "reporter")
"""The kinds of plugins that every reporter counts, and of which there are many."""

KINDS_AT_FULL = ("secrets provider", "authentication", "report generator", "machine")
"""The kinds of class that only full reports of ours count."""

EVERY_KIND = (*KINDS, *KINDS_AT_FULL, *(kind for kind in OWN_FIELDS if kind != WWW))
"""All kinds of plugins, those that only full reports count too."""

_BASES = ("Abstract", "Base", "Mixin")
"""In the name of a class from which others derive, and which no configuration names."""


@cache
def offered() -> Mapping[str, Release]:
    """Return the plugins of the newest release, by class → the release that brought it.

    Classes of Buildbot itself, of a kind that a configuration names, without those that say by their name that others
    derive from them.
    """
    known = vocabulary()
    return {
        path: release
        for path, release in known.brought.items()
        if known.kind(path) in EVERY_KIND and not _is_base(path.rpartition(".")[2])
    }


def _is_base(name: str) -> bool:
    return name.startswith("_") or any(word in name for word in _BASES)
