"""The page of one question: what it means, the ways to ask it, the answer, and what its columns are."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from headcount.dashboard._panel import Asker, Drawer, Panel, panel
from headcount.dashboard._site import environment, navigation
from headcount.dashboard._view import NoSuchPage, Rendered, View
from headcount.questions import BASES, REGISTRY, BadQuestion, Query, Question

_TABLE_ROWS = 200
_NO_CONDITION = "This is asked of a condition: give one, such as plugin = CVS, or python < 3.9."


def page(ask: Asker, draw: Drawer, view: View) -> Rendered:
    """Return the page of the question in the path, asked with the parameters; an empty one is as if it
    were not given.

    What cannot be asked is refused in the page, which keeps what was typed. Raises `NoSuchPage` where
    there is no such question.
    """
    if view.question not in REGISTRY:
        raise NoSuchPage(f"There is no question {view.question!r}: it is one of {', '.join(REGISTRY)}.")
    question = REGISTRY[view.question]
    typed = {name: text for name, text in view.parameters.items() if text}
    by = typed.get("by", next(iter(question.by)))
    shown: Panel | None = None
    problem = ""
    if _lacks_condition(question, by, typed):
        problem = _NO_CONDITION
    else:
        try:
            shown = panel(ask, draw, Query.from_text(view.question, typed), limit=_TABLE_ROWS)
            shown = dataclasses.replace(shown, title=f"By {shown.answer.by}")
        except BadQuestion as error:
            problem = str(error)
    html = (
        environment()
        .get_template("pages/question.html")
        .render(
            question=question,
            navigation=navigation(view.question),
            site=view.site,
            panel=shown,
            problem=problem,
            by=by,
            bases=BASES,
            typed=typed,
            columns=question.by[by].shown.columns if by in question.by else (),
        )
    )
    return Rendered(html, refused=problem != "" and typed != {})


def _lacks_condition(question: Question, by: str, typed: Mapping[str, str]) -> bool:
    return by in question.by and question.by[by].scope.subject != "" and "where" not in typed
