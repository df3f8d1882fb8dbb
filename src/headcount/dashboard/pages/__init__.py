"""The pages, a file each.

A page is entered in `PAGES`, and in the navigation where it is to be reached from every page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from headcount.dashboard._panel import Asker, Drawer
from headcount.dashboard._view import Rendered, View
from headcount.dashboard.pages import overview, question
from headcount.questions import PARAMETERS


class Page(NamedTuple):
    """A page for maintainers.

    ``path``: its route; ``name``: what the log of questions calls it, with the parts of its path in
    braces; ``render``: returns the page; ``parameters``: those that it knows; ``defaults``: parameters that
    are as if they were typed.

    ``render`` raises `NoSuchPage` where the path leads nowhere, and `BadQuestion` where a parameter is
    wrong and the page has no place to say so.
    """

    path: str
    name: str
    render: Callable[[Asker, Drawer, View], Rendered]
    parameters: tuple[str, ...]
    defaults: Mapping[str, str] = MappingProxyType({})

    def asked(self, typed: Mapping[str, str]) -> dict[str, str]:
        """Return of the parameters of an address those that the page knows."""
        return {name: typed[name] for name in self.parameters if name in typed}


PAGES = (
    Page("/", "the first page", overview.page, ("basis",), {"basis": "alive"}),
    Page("/questions/{question}", "the page of {question}", question.page, PARAMETERS),
)
"""Every page that asks the warehouse."""
