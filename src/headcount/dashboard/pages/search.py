"""The search: to the page of what was looked for, or to a list of what it may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from headcount.dashboard._names import plugin_page
from headcount.dashboard._panel import Asker, Drawer
from headcount.dashboard._titles import question_title
from headcount.dashboard._view import Rendered, View
from headcount.dashboard._words import count
from headcount.dashboard.pages._frame import Content, framed, read_filter
from headcount.questions import Hit, near, search, shown_name

PATH = "/search"
_MOST = 50  # that are listed
_VALUES = {
    "system": "an operating system",
    "distro": "a distribution",
    "machine": "a processor",
    "implementation": "an implementation of Python",
    "db": "a database",
    "mq": "a message queue",
    "driver": "a driver of a database",
    "hook": "a change hook",
}
_LONGEST = 100  # characters that are looked for


class Found(NamedTuple):
    """A line of the list: what it is called, what it is, and where its page is."""

    name: str
    what: str
    path: str


def page(_ask: Asker, _draw: Drawer, view: View) -> Rendered:
    """Return the list of what has the name that ``q`` gives, or where its page is if it is one thing alone."""
    wanted = " ".join(view.parameters.get("q", "").split())[:_LONGEST]
    hits = search(wanted)
    if len(hits) == 1:
        return Rendered("", location=_found(hits[0]).path)
    listed = [_found(hit) for hit in hits[:_MOST]]
    content = Content(f"Found: {wanted}" if hits else "What do you look for?", _finding(wanted, hits), (), ())
    nearest = [_found(hit) for hit in near(wanted)] if wanted and not hits else []
    return framed(
        view, read_filter(view, PATH), content, template="search.html", wanted=wanted, listed=listed, nearest=nearest
    )


def _finding(wanted: str, hits: Sequence[Hit]) -> str:
    if not wanted:
        return "A plugin by its name or any path that it had, a release, a question, a database, or a distribution."
    if not hits:
        return f"Nothing that a report can name is called {wanted}."
    more = f"; the first {_MOST}" if len(hits) > _MOST else ""
    return f"{count(len(hits), 'thing')} with this name{more}."


def _found(hit: Hit) -> Found:
    if hit.kind == "plugin":
        return Found(shown_name(hit.name), f"a plugin, {hit.name}", plugin_page(hit.name))
    if hit.kind == "www":
        return Found(hit.name, "a plugin of the web interface", plugin_page(hit.name))
    if hit.kind == "question":
        return Found(question_title(hit.name), "a question", f"/questions/{hit.name}")
    if hit.kind == "release":
        return Found(hit.name, "a release of Buildbot", f"/upgrades?{urlencode({'release': hit.name})}")
    path = "/versions" if hit.kind == "series" else "/environments"
    what = f"a series of {hit.term.capitalize()}" if hit.kind == "series" else _VALUES.get(hit.term, hit.term)
    return Found(hit.name, what, f"{path}?{urlencode({'where': f'{hit.term} = {hit.name}'})}")
