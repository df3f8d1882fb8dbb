"""The page of one question: what it means, the ways to ask it, the answer, and what its columns are."""

from __future__ import annotations

from collections.abc import Mapping

from headcount.dashboard._panel import Asker, Drawer, Panel, panel
from headcount.dashboard._view import NoSuchPage, Rendered, View
from headcount.dashboard.pages._frame import Content, framed, read_filter
from headcount.questions import REGISTRY, BadQuestion, Query, Question

_TABLE_ROWS = 200
_NO_CONDITION = "This is asked of a condition: give one, such as plugin = CVS, or python < 3.9."


def page(ask: Asker, draw: Drawer, view: View) -> Rendered:
    """Return the page of the question in the path, asked with the parameters; an empty one is as if it
    were not given.

    What cannot be asked is refused in the page, which keeps what was typed. Raises `NoSuchPage` where
    there is no such question.
    """
    if view.name not in REGISTRY:
        raise NoSuchPage(f"There is no question {view.name!r}: it is one of {', '.join(REGISTRY)}.")
    question = REGISTRY[view.name]
    typed = {name: text for name, text in view.parameters.items() if text}
    by = typed.get("by", next(iter(question.by)))
    shown: Panel | None = None
    problem = ""
    if _lacks_condition(question, by, typed):
        problem = _NO_CONDITION
    else:
        try:
            query = Query.from_text(view.name, typed)
            shown = panel(ask, draw, query, f"By {by}", limit=_TABLE_ROWS)
            problem = shown.problem
        except BadQuestion as error:
            problem = str(error)
    filter_ = read_filter(view, f"/questions/{view.name}")
    rendered = framed(
        view,
        filter_,
        Content(question.title, "", (), [shown] if shown and not problem else []),
        template="question.html",
        current="/questions",
        question=question,
        problem=problem,
        by=by,
        typed=typed,
        columns=question.by[by].shown.columns if by in question.by else (),
    )
    return rendered._replace(refused=problem != "" and typed != {})


def _lacks_condition(question: Question, by: str, typed: Mapping[str, str]) -> bool:
    return by in question.by and question.by[by].scope.subject != "" and "where" not in typed
