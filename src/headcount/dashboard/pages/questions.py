"""Explore: every question, what it means, and the ways to ask it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from headcount.dashboard._panel import Asker, Drawer
from headcount.dashboard._site import Link
from headcount.dashboard._titles import question_title
from headcount.dashboard._view import Rendered, View
from headcount.dashboard.pages._frame import Content, framed, read_filter
from headcount.questions import REGISTRY, Question

PATH = "/questions"
_WAYS = 12  # that are seen at once


class Asked(NamedTuple):
    """A question of the list: its page, what it answers in a sentence, and the ways to ask it, of which some are folded."""

    title: Link
    meaning: str
    ways: Sequence[Link]
    further: Sequence[Link]


def page(_ask: Asker, _draw: Drawer, view: View) -> Rendered:
    """Return the page."""
    listed = [_asked(question) for question in REGISTRY.values()]
    finding = f"{len(REGISTRY)} questions, each asked in several ways, of all masters or of those with a condition."
    content = Content("What can be asked?", finding, (), ())
    return framed(view, read_filter(view, PATH), content, template="questions.html", listed=listed)


def _asked(question: Question) -> Asked:
    path = f"{PATH}/{question.name}"
    ways = [Link(by, f"{path}?{urlencode({'by': by})}") for by in question.by]
    most = len(ways) if len(ways) <= _WAYS + 1 else _WAYS  # one more takes no more room than to say so
    return Asked(Link(question_title(question.name), path), first_sentence(question.meaning), ways[:most], ways[most:])


def first_sentence(text: str) -> str:
    """Return the first sentence of a text."""
    return text.partition(". ")[0].rstrip(".") + "."
