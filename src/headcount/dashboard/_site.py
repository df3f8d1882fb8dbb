"""What all pages share: the product's name, the templates, the files that they load, and the navigation."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import jinja2

from headcount.questions import CAVEAT, REGISTRY, Query

PRODUCT = "Buildbot"
"""The software whose use the pages are about."""

_TYPES = {"page.js": "text/javascript", "headcount.css": "text/css", "icon.svg": "image/svg+xml"}


class Link(NamedTuple):
    """A link: its text, where it leads, and whether that is the page on which it stands."""

    text: str
    path: str
    current: bool = False


def navigation(current: str = "") -> list[Link]:
    """Return the links to the pages of all questions; ``current``: the question of this page."""
    return [Link(question.title, Query(name).path(), name == current) for name, question in REGISTRY.items()]


@cache
def environment() -> jinja2.Environment:
    """Return the templates of all pages."""
    loader = jinja2.PackageLoader("headcount.dashboard", "templates")
    templates = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    templates.globals |= {"product": PRODUCT, "caveat": CAVEAT}
    templates.filters["number"] = lambda value: f"{value:,}"
    templates.filters["plain"] = lambda text: text.replace("`", "")
    return templates


@cache
def asset(name: str) -> tuple[bytes, str] | None:
    """Return a file that the pages load, with its media type; None where there is no such file.

    The script that draws is none of them: `script` makes it.
    """
    if name not in _TYPES:
        return None
    return files("headcount.dashboard").joinpath("static", name).read_bytes(), _TYPES[name]
