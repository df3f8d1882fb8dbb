"""The levels of a report: cutting one to what ``basic`` has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headcount.contract._catalog import CATALOG

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLUGINS = "plugins"
_BEYOND = tuple(field.path for field in CATALOG if field.level != "basic")


def at_basic(report: Mapping[str, Any], plugins: Mapping[str, int]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return a scrubbed report without what ``basic`` has not, and the paths of the fields that lost something.

    ``plugins``: the classes that the same master would report at ``basic``, and how often. At ``full``, classes of more
    kinds are counted; of a class no more are left than there.
    """
    left, lost = dict(report), []
    for path in _BEYOND:
        section, _, key = path.rpartition(".")
        holder = left.get(section) if section else left
        if isinstance(holder, dict) and key in holder:
            lost.append(path)
            rest = {name: value for name, value in holder.items() if name != key}
            left = {**left, section: rest} if section else rest
    counts = left.get(_PLUGINS)
    if isinstance(counts, dict):
        kept = {name: min(count, plugins[name]) for name, count in counts.items() if name in plugins}
        if kept != counts:
            lost.append(_PLUGINS)
            left[_PLUGINS] = kept
    return left, tuple(lost)
