"""The page of one question: what it means, the ways to ask it, the answer, and what its columns are."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from headcount.dashboard._filter import FORM_PARAMETERS, Filter
from headcount.dashboard._panel import Asker, Drawer, Panel, panel
from headcount.dashboard._site import Link
from headcount.dashboard._titles import question_title, way_title
from headcount.dashboard._view import NoSuchPage, Rendered, View
from headcount.dashboard.pages._frame import Content, framed, moved, read_filter
from headcount.questions import PERIODS, REGISTRY, BadQuestion, Breakdown, Column, Query, Question, suggestion

_TABLE_ROWS = 200
_OWN = ("by", "over", "support")  # parameters that stay in the page's addresses


def page(ask: Asker, draw: Drawer, view: View) -> Rendered:
    """Return the page of the question in the path, asked with the parameters.

    What cannot be asked is said where it was typed, and the page keeps it; a wrong condition leaves the answer of before.
    Raises `NoSuchPage` where there is no such question.
    """
    question = _question(view.name)
    filter_ = read_filter(view, f"/questions/{question.name}", *_OWN)
    if (elsewhere := moved(view, filter_) or _cleaned(view, filter_)) is not None:
        return elsewhere
    by = filter_.also.get("by", next(iter(question.by)))
    breakdown = question.by.get(by) or question.by.get(",".join(reversed(by.split(","))))
    shown, problem = None, ""
    lacks = breakdown is not None and breakdown.scope.subject != "" and filter_.where is None
    if not lacks:
        shown, problem = _answer(ask, draw, view, filter_, breakdown)
    rendered = framed(
        view,
        filter_,
        Content(question_title(question.name), "", (), ()),
        template="question.html",
        current="/questions",
        question=question,
        by=by,
        fields=_fields(breakdown, filter_),
        periods=PERIODS,
        offered=breakdown.scope.bases if breakdown else (),
        shown=shown,
        problem=problem,
        lacks=lacks,
        columns=_columns(breakdown, filter_) if breakdown else (),
    )
    return rendered._replace(refused=bool(problem) or bool(filter_.problems))


def _question(name: str) -> Question:
    if name not in REGISTRY:
        known = ", ".join(REGISTRY)
        raise NoSuchPage(f"There is no question {name!r}{suggestion(name, REGISTRY)}: it is one of {known}.")
    return REGISTRY[name]


def _cleaned(view: View, filter_: Filter) -> Rendered | None:
    """Return the address without empty parameters, if there are any."""
    location = None if all(view.parameters.values()) else filter_.canonical
    return None if location is None else Rendered("", location=location)


def _answer(
    ask: Asker, draw: Drawer, view: View, filter_: Filter, breakdown: Breakdown | None
) -> tuple[Panel | None, str]:
    """Return the panel of the answer, or what is wrong with what was asked."""
    takes = breakdown.takes if breakdown else frozenset()
    others = {name: text for name, text in view.parameters.items() if text and name not in FORM_PARAMETERS}
    try:
        query = dataclasses.replace(
            Query.from_text(view.name, others),
            basis=filter_.basis,
            where=filter_.where,
            since=filter_.since,
            until=filter_.until,
            with_=filter_.with_ if "with" in takes else None,
        )
        beside = None if "with" in takes else filter_.beside(query, view.today)
        ask(query)
    except BadQuestion as error:
        return None, str(error)
    shown = panel(ask, draw, query, _heading(query, filter_), beside=beside, limit=_TABLE_ROWS, filter_=filter_)
    return dataclasses.replace(shown, path="", links=[*shown.links, *_markdown(query)]), shown.problem


def _heading(query: Query, filter_: Filter) -> str:
    by = query.by or next(iter(REGISTRY[query.question].by))
    over = f", at the end of each {query.over}" if query.over else ""
    beside = f", and {filter_.beside_in_words}" if filter_.beside_in_words else ""
    return f"{way_title(query.question, by)}{over}{beside}"


def _markdown(query: Query) -> list[Link]:
    """Return the link to the record with true counts, where there is one."""
    if query.question != "drop" or query.by not in (None, "summary") or query.over is not None:
        return []
    text = {**query.to_text(), "format": "markdown", "private": "true"}
    return [Link("Markdown", f"/api/ask/drop?{urlencode(text)}")]


def _fields(breakdown: Breakdown | None, filter_: Filter) -> Mapping[str, bool]:
    """Return which parameters the way to ask takes, or has been given."""
    if breakdown is None:
        return dict.fromkeys(("since", "over", "support", "compares"), False)
    over = filter_.also.get("over", "")
    is_windowed = breakdown.scope.starts is None and ("seen" in breakdown.scope.bases or bool(over))
    return {
        "since": is_windowed or "since" in filter_.typed,
        "over": breakdown.over is not None or bool(over),
        "support": "support" in breakdown.takes or "support" in filter_.also,
        "compares": "with" not in breakdown.takes,
    }


def _columns(breakdown: Breakdown, filter_: Filter) -> Sequence[tuple[str, Sequence[Column]]]:
    """Return the columns of the answer by table; the first has no name."""
    asked = breakdown.over if "over" in filter_.also and breakdown.over else breakdown
    return [("", asked.shown.columns), *asked.tables.items()]
