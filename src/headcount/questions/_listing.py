"""The list of all questions, for who asks none."""

from __future__ import annotations

from headcount.questions._query import Query
from headcount.questions._question import Question
from headcount.questions._registry import REGISTRY

_WAYS = 8  # of a question that are named
_EXAMPLE = "plugin = CVS"


def example(question: Question) -> Query:
    """Return a query of a question that can be asked: by the second of its ways, where that needs no more than this."""
    by, breakdown = list(question.by.items())[:2][-1]
    return Query(
        question.name, by=by if len(question.by) > 1 else None, where=_EXAMPLE if breakdown.scope.subject else None
    )


def listing() -> str:
    """Return every question with its title, the ways to ask it, and an example, as lines for a terminal."""
    lines = ["Ask one of these questions:", ""]
    for name, question in REGISTRY.items():
        ways = list(question.by)
        more = f" and {len(ways) - _WAYS} more" if len(ways) > _WAYS else ""
        lines += [f"{name}: {question.title}, by {', '.join(ways[:_WAYS])}{more}", f"    {example(question).command()}"]
    lines += [
        "",
        "`--where` asks any of them of those who match a condition; a wrong word is answered with the nearest one.",
    ]
    return "\n".join(lines) + "\n"
