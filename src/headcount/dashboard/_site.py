"""What all pages share: the product's name, the templates, the files that they load, and the navigation."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import jinja2

from headcount.dashboard._filter import BEFORE
from headcount.dashboard._headings import BASIS_WORDS, heading, table_title
from headcount.questions import BASES, CAVEAT

PRODUCT = "Buildbot"
"""The software whose use the pages are about."""

_TYPES = {"css": "text/css", "svg": "image/svg+xml"}
_HASHED = re.compile(r"([a-z-]+)\.([0-9a-f]{12})\.([a-z]+)")  # the name of a file with a hash of its content


class Asset(NamedTuple):
    """A file that pages load; ``is_immutable``: it was asked for by its content, and there is never another."""

    content: bytes
    media_type: str
    is_immutable: bool


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
        "static": static,
    }
    templates.filters["number"] = lambda value: f"{value:,}"
    templates.filters["heading"] = heading
    templates.filters["table_title"] = table_title
    templates.filters["plain"] = lambda text: text.replace("`", "")
    return templates


def static(name: str) -> str:
    """Return the address of a file that pages load, which changes with its content. Raises KeyError where there is none."""
    stem, _, suffix = name.rpartition(".")
    return f"/static/{stem}.{_digest(_static_files()[name])}.{suffix}"


def asset(name: str) -> Asset | None:
    """Return a file that pages load, by its name or by that in its address; None where there is no such file.

    What was asked for by another content than the file has is not there: it would be kept for ever under a wrong name.
    """
    hashed = _HASHED.fullmatch(name)
    plain = f"{hashed[1]}.{hashed[3]}" if hashed else name
    content = _static_files().get(plain)
    if content is None or (hashed and hashed[2] != _digest(content)):
        return None
    return Asset(content, _TYPES[plain.rpartition(".")[2]], hashed is not None)


@cache
def _static_files() -> dict[str, bytes]:
    found = files("headcount.dashboard").joinpath("static").iterdir()
    return {each.name: each.read_bytes() for each in found if each.name.rpartition(".")[2] in _TYPES}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
