"""The public page: a publication, each of its tables as a chart and as figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from headcount.dashboard._charts import Spec, chart
from headcount.dashboard._page import environment
from headcount.questions import PUBLIC_TABLES, REGISTRY, Answer, Publication


class _Shown(NamedTuple):
    title: str
    meaning: str
    answer: Answer
    spec: Spec


def public_page(publication: Publication | None, weeks: Sequence[str] = ()) -> str:
    """The page as HTML; ``weeks``: those that were published. None where nothing is."""
    if publication is None:
        return environment().get_template("unpublished.html").render()
    titles = {(table.question, table.by): table.title for table in PUBLIC_TABLES}
    shown = [
        _Shown(
            titles.get((answer.question, answer.by), REGISTRY[answer.question].title),
            REGISTRY[answer.question].meaning,
            answer,
            chart(answer),
        )
        for answer in publication.tables
        if answer.question in REGISTRY and answer.by in REGISTRY[answer.question].by
    ]
    return environment().get_template("public.html").render(publication=publication, weeks=weeks, panels=shown)
