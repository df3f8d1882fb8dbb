"""How pages call plugins, and where their pages are."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

from headcount.questions import shown_name


@cache
def plugin_page(plugin: str) -> str:
    """Return the address of the page of a plugin, which is given by its newest path, or by its name in the web interface."""
    return f"/plugins/{quote(shown_name(plugin), safe='')}"


def module_of(plugin: str) -> str:
    """Return the module in which a plugin is, where it is not called by its whole name; else nothing."""
    return "" if shown_name(plugin) == plugin else plugin.rpartition(".")[0]
