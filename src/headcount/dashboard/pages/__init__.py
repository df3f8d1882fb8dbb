"""The pages, a file each.

A page is entered in `PAGES`, and in the navigation where it is to be reached from every page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from headcount.dashboard._panel import Asker
from headcount.dashboard._view import Rendered, View
from headcount.dashboard.pages import overview, question


class Page(NamedTuple):
    """A page for maintainers.

    ``path``: its route; ``name``: what the log of questions calls it, with the parts of its path in
    braces; ``render``: returns the page; ``defaults``: parameters that are as if they were typed.

    ``render`` raises `NoSuchPage` where the path leads nowhere, and `BadQuestion` where a parameter is
    wrong and the page has no place to say so.
    """

    path: str
    name: str
    render: Callable[[Asker, View], Rendered]
    defaults: Mapping[str, str] = MappingProxyType({})


PAGES = (
    Page("/", "the first page", overview.page, {"basis": "alive"}),
    Page("/questions/{question}", "the page of {question}", question.page),
)
"""Every page that asks the warehouse."""
