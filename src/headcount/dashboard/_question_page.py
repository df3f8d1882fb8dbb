"""The page of one question: what it means, the ways to ask it, the answer, and what its columns are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from headcount.dashboard._charts import Spec, chart
from headcount.dashboard._page import Asker, environment
from headcount.questions import BASES, CAVEAT, REGISTRY, Answer, BadQuestion, Query, Question

_TABLE_ROWS = 200


class _Panel(NamedTuple):
    id: str
    title: str
    answer: Answer
    spec: Spec


def question_page(ask: Asker, name: str, parameters: Mapping[str, str]) -> tuple[str, bool]:
    """The page as HTML, and whether the question could be asked so; if not, the page says why.

    Raises KeyError where there is no such question.
    """
    question = REGISTRY[name]
    asked = {key: value for key, value in parameters.items() if value}
    by = asked.get("by", next(iter(question.by)))
    answer, problem = None, ""
    if _lacks_condition(question, by, asked):
        problem = "This is asked of a condition: give one, such as plugin = CVS, or python < 3.9."
    else:
        try:
            answer = ask(Query.from_text(name, asked))
        except BadQuestion as error:
            problem = str(error)
    panel = None if answer is None else _Panel(f"{name}-{answer.by}", f"By {answer.by}", answer, chart(answer))
    columns = question.by[by].shown.columns if by in question.by else ()
    page = (
        environment()
        .get_template("question.html")
        .render(
            question=question,
            questions=list(REGISTRY.values()),
            panel=panel,
            problem=problem,
            by=by,
            bases=BASES,
            asked=asked,
            columns=columns,
            caveat=CAVEAT,
            limit=_TABLE_ROWS,
        )
    )
    return page, not problem or not asked


def _lacks_condition(question: Question, by: str, asked: Mapping[str, str]) -> bool:
    return by in question.by and question.by[by].scope.subject != "" and "where" not in asked
