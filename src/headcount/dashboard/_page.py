"""The first page: the answers, each as a chart with its caption and its table."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import jinja2
import vl_convert

from headcount.dashboard._charts import Spec, chart
from headcount.questions import BASES, CAVEAT, REGISTRY, Answer, Query

_TABLE_ROWS = 50


Asker = Callable[[Query], Answer]
"""Answers questions, as `headcount.questions.ask` does."""


class _Panel(NamedTuple):
    question: str
    by: str
    title: str


class _Shown(NamedTuple):
    id: str
    title: str
    meaning: str
    answer: Answer
    spec: Spec
    url: str


_PANELS = (
    _Panel("installs", "month", "Installations seen, by month"),
    _Panel("versions", "buildbot", "Versions of Buildbot"),
    _Panel("versions", "python", "Versions of Python"),
    _Panel("versions", "twisted", "Versions of Twisted"),
    _Panel("plugins", "all", "Plugins"),
    _Panel("plugins", "www", "Plugins of the web interface"),
)


def first_page(ask: Asker, basis: str = "alive") -> str:
    """The page as HTML, over the installations of ``basis``. Raises KeyError where that is none."""
    meaning = BASES[basis]  # type: ignore[index]
    panels = []
    for panel in _PANELS:
        question = REGISTRY[panel.question]
        chosen = basis if basis in question.by[panel.by].scope.bases else None
        answer = ask(Query(panel.question, by=panel.by, basis=chosen))
        name = f"{panel.question}-{panel.by}"
        url = Query(panel.question, by=panel.by, basis=answer.basis).path()
        panels.append(_Shown(name, panel.title, question.meaning, answer, chart(answer), url))
    states = ask(Query("installs", by="state"))
    return (
        environment()
        .get_template("page.html")
        .render(
            panels=panels,
            states=states,
            basis=basis,
            bases=list(BASES),
            meaning=meaning,
            questions=list(REGISTRY.values()),
            caveat=CAVEAT,
            limit=_TABLE_ROWS,
        )
    )


def sign_in_page() -> str:
    """What a visitor sees who has not signed in."""
    return environment().get_template("sign-in.html").render()


@cache
def asset(name: str) -> tuple[bytes, str] | None:
    """A file that the pages need, with its media type; None where there is no such file."""
    if name == "vega.js":
        bundle: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]  # its stub wants what it has a default for
        return bundle.encode(), "text/javascript"
    types = {"page.js": "text/javascript", "headcount.css": "text/css", "icon.svg": "image/svg+xml"}
    if name not in types:
        return None
    return files("headcount.dashboard").joinpath("static", name).read_bytes(), types[name]


@cache
def environment() -> jinja2.Environment:
    """The templates of all pages."""
    loader = jinja2.PackageLoader("headcount.dashboard", "templates")
    made = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    made.filters["number"] = lambda value: f"{value:,}"
    made.filters["percent"] = lambda value: f"{value:.1%}"
    made.filters["zip"] = lambda one, other: zip(one, other, strict=False)
    return made
