"""The plugins that Buildbot offers: what a configuration can name of its newest release."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from headcount.contract import OFFERED_KINDS, Release, is_base, vocabulary
from headcount.questions._kinds import KINDS_AT_FULL
from headcount.warehouse import OWN_FIELDS, WWW

EVERY_KIND = (*OFFERED_KINDS, *KINDS_AT_FULL, *(kind for kind in OWN_FIELDS if kind != WWW))
"""All kinds of plugins, those that only full reports count too."""


@cache
def offered() -> Mapping[str, Release]:
    """Return the plugins of the newest release, by class → the release that brought it.

    Classes of Buildbot itself, of a kind that a configuration names, without those that say by their name that others
    derive from them.
    """
    known = vocabulary()
    return {
        path: release for path, release in known.brought.items() if known.kind(path) in EVERY_KIND and not is_base(path)
    }
