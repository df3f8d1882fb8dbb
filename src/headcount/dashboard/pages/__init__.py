"""The pages, a file each.

A page is entered in `PAGES`, and in the navigation where it is to be reached from every page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from headcount.dashboard._filter import FORM_PARAMETERS
from headcount.dashboard._panel import Asker, Drawer
from headcount.dashboard._view import Rendered, View
from headcount.dashboard.pages import overview, question
from headcount.questions import PARAMETERS


class Page(NamedTuple):
    """A page for maintainers.

    ``path``: its route, in which ``{name}`` stands for what `View.name` is; ``name``: what the log of questions calls it,
    with the parts of its path in braces; ``render``: returns the page; ``parameters``: those that it knows.

    ``render`` raises `NoSuchPage` where the path leads nowhere.
    """

    path: str
    name: str
    render: Callable[[Asker, Drawer, View], Rendered]
    parameters: tuple[str, ...] = FORM_PARAMETERS

    def asked(self, typed: Mapping[str, str]) -> dict[str, str]:
        """Return of the parameters of an address those that the page knows."""
        return {name: typed[name] for name in self.parameters if name in typed}


PAGES = (
    Page("/", "the first page", overview.page),
    Page("/questions/{name}", "the page of {name}", question.page, PARAMETERS),
)
"""Every page that asks the warehouse."""
