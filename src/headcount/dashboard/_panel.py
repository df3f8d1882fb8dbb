"""Panels: an answer as every page shows it, with its chart, its caption and its figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from headcount.dashboard._site import Link
from headcount.dashboard.charts import Spec
from headcount.questions import PUBLIC_TABLES, REGISTRY, Answer, Query

Asker = Callable[[Query], Answer]
"""Answers a query, from a warehouse or from a publication."""

Drawer = Callable[[Answer], Spec]
"""Makes the chart of an answer: `headcount.dashboard.charts.chart`, or what has another process do it."""

_TITLES = {(table.question, table.by, table.breakdown.shown.grain): table.title for table in PUBLIC_TABLES}
"""By the grain too: a publication of before there were series has releases where there are series now."""


class Figure(NamedTuple):
    """A cell of a table: its text, and whether it stands for a number."""

    text: str
    is_number: bool


@dataclass(frozen=True)
class Panel:
    """An answer with what stands around it.

    ``meaning``: what the question asks, in sentences; ``spec``: the chart, empty where there is nothing to draw;
    ``limit``: how many rows the table has at most, None: all of them; ``links``: the answer in other formats.
    """

    title: str
    meaning: str
    answer: Answer
    spec: Spec
    limit: int | None
    links: Sequence[Link]

    @property
    def id(self) -> str:
        """The name of its place in the page."""
        return f"{self.answer.question}-{self.answer.by}".replace(" ", "-").replace(",", "-").replace(".", "-")

    @property
    def path(self) -> str:
        """The address of the page of its question, where it is asked in the same way."""
        return Query(self.answer.question, by=self.answer.by, basis=self.answer.basis).path()

    @property
    def columns(self) -> list[str]:
        """The names of the table's columns: those of the answer, and the interval of a share that has one."""
        names = self.answer.columns()
        if self.answer.has_intervals:
            names.insert(names.index("share") + 1, "interval")
        return names

    @property
    def rows(self) -> list[list[Figure]]:
        """The rows of the table, up to the limit."""
        shown: list[dict[str, Figure]] = [
            {name: Figure(self.answer.cell(name, value), not isinstance(value, str)) for name, value in row.items()}
            for row in self.answer.rows[: self.limit]
        ]
        if self.answer.has_intervals:
            for row, (low, high) in zip(shown, self.answer.intervals(self.limit), strict=True):
                row["interval"] = Figure(f"{low:.1%}\N{EN DASH}{high:.1%}", True)
        return [[row[name] for name in self.columns] for row in shown]

    @property
    def tables(self) -> list[tuple[str, list[str], list[list[Figure]]]]:
        """The tables beside the rows that have rows: the name of each, its columns, and its rows up to the limit."""
        return [
            (
                name,
                self.answer.table_columns(name),
                [
                    [
                        Figure(self.answer.table_cell(name, column, row[column]), not isinstance(row[column], str))
                        for column in self.answer.table_columns(name)
                    ]
                    for row in table.rows[: self.limit]
                ],
            )
            for name, table in self.answer.tables.items()
            if table.rows
        ]


def panel(ask: Asker, draw: Drawer, query: Query, *, limit: int | None = None, links: Sequence[Link] = ()) -> Panel:
    """Return the panel of a query, under the title of the public table, or else the question's.

    Raises `BadQuestion` where the query cannot be asked so, or has too many rows to be drawn.
    """
    answer = ask(query)
    question = REGISTRY[answer.question]
    title = _TITLES.get((answer.question, answer.by, answer.grain), question.title)
    return Panel(title, question.meaning, answer, draw(answer) if answer.rows else {}, limit, links)
