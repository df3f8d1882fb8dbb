"""The names of plugins as people type them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from urllib.parse import quote

from headcount.contract import vocabulary
from headcount.questions import NoSuchValue, class_path

_OTHER = "other"
WWW = "www"
"""The kind of a plugin of the web interface, which has a name and no class."""


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


@cache
def shown_name(plugin: str) -> str:
    """Return how a plugin is called in a table: by its last component, or whole where that would be another one."""
    short = short_name(plugin)
    return short if _newest(short) == plugin else plugin


@cache
def plugin_page(plugin: str) -> str:
    """Return the address of the page of a plugin, which is given by its newest path, or by its name in the web interface."""
    return f"/plugins/{quote(shown_name(plugin), safe='')}"


def module_of(plugin: str) -> str:
    """Return the module in which a plugin is, where it is not called by its whole name; else nothing."""
    return "" if shown_name(plugin) == plugin else plugin.rpartition(".")[0]


def _newest(name: str) -> str:
    try:
        return class_path(name)
    except NoSuchValue:
        return ""
