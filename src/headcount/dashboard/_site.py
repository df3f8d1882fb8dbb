"""What all pages share: the product's name, the templates, the files that they load, and the navigation."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import jinja2

from headcount.dashboard._filter import BEFORE
from headcount.dashboard._headings import BASIS_WORDS, heading, table_title
from headcount.questions import BASES, CAVEAT

PRODUCT = "Buildbot"
"""The software whose use the pages are about."""

_TYPES = {"page.js": "text/javascript", "headcount.css": "text/css", "icon.svg": "image/svg+xml"}


class Link(NamedTuple):
    """A link: its text, where it leads, and whether that is the page on which it stands."""

    text: str
    path: str
    current: bool = False


_MAINTAINERS = (
    Link("Overview", "/"),
    Link("Versions", "/versions"),
    Link("Upgrades", "/upgrades"),
    Link("Plugins", "/plugins"),
    Link("Environments", "/environments"),
    Link("May we drop\N{HORIZONTAL ELLIPSIS}?", "/drop"),
    Link("Next release", "/next"),
    Link("Changes", "/changes"),
    Link("Explore", "/questions"),
)
_EVERYBODY = (
    Link("Public figures", "/public"),
    Link("Records of decisions", "/public/records"),
    Link("What is collected", "/privacy"),
)


def navigation(current: str = "", *, public: bool = False) -> list[Link]:
    """Return the links at the head of a page; ``current``: the path of the page, or of the one that it belongs to."""
    return [link._replace(current=link.path == current) for link in (_EVERYBODY if public else _MAINTAINERS)]


@cache
def environment() -> jinja2.Environment:
    """Return the templates of all pages."""
    loader = jinja2.PackageLoader("headcount.dashboard", "templates")
    templates = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    templates.globals |= {
        "product": PRODUCT,
        "caveat": CAVEAT,
        "bases": BASES,
        "basis_words": BASIS_WORDS,
        "before": BEFORE,
    }
    templates.filters["number"] = lambda value: f"{value:,}"
    templates.filters["heading"] = heading
    templates.filters["table_title"] = table_title
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
