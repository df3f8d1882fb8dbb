"""The names of plugins as people type them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

from headcount.contract import vocabulary

_OTHER = "other"


@cache
def plugin_names() -> Sequence[str]:
    """Return the names that complete in a field for a plugin, sorted: of each the last component, if no other has it."""
    known = vocabulary()
    plugins = [path for path, kind in known.kinds.items() if kind != _OTHER]
    named = Counter(short_name(path) for path in plugins)
    return sorted(short if named[short := short_name(path)] == 1 else path for path in plugins)


def short_name(plugin: str) -> str:
    """Return the last component of a dotted name: ``CVS`` of ``buildbot.steps.source.cvs.CVS``."""
    return plugin.rpartition(".")[2]
