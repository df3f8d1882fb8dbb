"""Looks at pages of a warehouse as a browser does, without a server: the answers are real, and the pictures are blank."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from html.parser import HTMLParser
from urllib.parse import parse_qsl, unquote, urlsplit

from headcount.dashboard import PAGES, Page, Picture, View
from headcount.dashboard._view import Rendered
from headcount.dashboard.charts._kinds import KINDS
from headcount.questions import Answer, Chart, Query, ask
from headcount.warehouse import Asking

_VOID = {"input", "meta", "link", "br", "img"}
_PIECES = {"p", "td", "th", "li", "h1", "h2", "h3", "dd", "dt", "caption", "small", "option"}


def blank(answer: Answer, kind: Chart | None = None, beside: Answer | None = None) -> Picture:
    """Draw nothing; what is drawn has tests of its own."""
    kind = kind or answer.breakdown.shown.chart
    assert kind in KINDS
    assert answer.rows
    assert beside is None or beside.rows
    return Picture("<svg></svg>", "<svg></svg>", f"{kind} of {len(answer.rows)} rows")


class Visit(HTMLParser):
    """A page that was looked at: its text, its links by address, its ids, and what its fields hold, by name."""

    def __init__(self, rendered: Rendered) -> None:
        super().__init__()
        self.rendered = rendered
        self.links: dict[str, list[str]] = {}
        self.ids: list[str] = []
        self.fields: dict[str, str] = {}
        self.pieces: list[str] = []
        self._open: list[tuple[str, dict[str, str]]] = []
        self._link = ""
        self._select = ""
        self.finding = ""
        self.feed(rendered.html)
        self.text = " ".join(" ".join(self.pieces).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag says."""
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self._link = given["href"]
            self.links.setdefault(self._link, []).append("")
        if tag == "input" and "name" in given:
            self.fields[given["name"]] = given.get("value", "")
        if tag == "select":
            self._select = given["name"]
            self.fields.setdefault(self._select, "")
        if tag == "option" and "selected" in given:
            self.fields[self._select] = given.get("value", "")
        if tag not in _VOID:
            self._open.append((tag, given))

    def handle_endtag(self, tag: str) -> None:
        """Close what is open, down to the tag."""
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag == "a":
            self._link = ""
        if tag in _PIECES:
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        """Note a text, and of what it is."""
        self.pieces.append(data)
        if self._link:
            self.links[self._link][-1] += data.strip()
        if self._open and self._open[-1][0] == "option" and self._open[-1][1].keys() == {"selected"}:
            self.fields[self._select] = data.strip()
        if self._open and self._open[-1][1].get("class") == "finding":
            self.finding += data


Visitor = Callable[[str], Visit]
"""Looks at a page by its address."""


def visitor(warehouse: Asking, today: date) -> tuple[Visitor, Callable[[Query], Answer]]:
    """Return what looks at the pages of a warehouse on a day, and what asks it; each question is asked once."""

    @cache
    def asked(query: Query) -> Answer:
        return ask(warehouse, query, today=today)

    def visit(address: str) -> Visit:
        page, name = page_of(address)
        parameters = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
        return Visit(page.render(asked, blank, View(name, parameters, today=today)))

    return visit, asked


def page_of(address: str) -> tuple[Page, str]:
    """Return the page of an address, with the name in its path. Raises `LookupError` where there is none."""
    path = urlsplit(address).path
    for page in PAGES:
        before, brace, _ = page.path.partition("{name}")
        if path == page.path:
            return page, ""
        if brace and path.startswith(before) and len(path) > len(before):
            return page, unquote(path.removeprefix(before))
    raise LookupError(address)
