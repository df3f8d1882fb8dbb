"""Panels: an answer as every page shows it, with its chart, its caption, its figures, and the ways to take it away."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol
from urllib.parse import urlencode

from headcount.dashboard._filter import Filter
from headcount.dashboard._links import condition_of
from headcount.dashboard._site import Link
from headcount.dashboard.charts import Picture
from headcount.questions import Answer, BadQuestion, Cell, Chart, Query, Table

FEW = 30
"""Of fewer installations a page gives counts, and neither shares nor charts."""

_FORMATS = {"csv": "CSV", "json": "JSON", "parquet": "Parquet", "svg": "SVG", "png": "PNG"}
_OF_SHARES = frozenset({"share", "interval", "running_share", "estimate", "most", "least", "low", "high"})

Asker = Callable[[Query], Answer]
"""Answers a query, from a warehouse or from a publication."""


class Drawer(Protocol):
    """Draws an answer, as the registry names its chart unless ``kind`` does, with another one ``beside`` it."""

    def __call__(self, answer: Answer, kind: Chart | None = None, beside: Answer | None = None) -> Picture:
        """Return the picture. Raises `BadQuestion` where the answer has too many rows to be drawn."""


class Figure(NamedTuple):
    """A cell of a table: its text, whether it stands for a number, and where it leads, empty where nowhere."""

    text: str
    is_number: bool
    path: str = ""


class Rows(NamedTuple):
    """A table as a page has it; ``total``: how many rows there are, of which the page has the first."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Figure]]
    total: int


@dataclasses.dataclass(frozen=True)
class Panel:
    """What a page shows of one answer.

    ``title``: the question that the chart answers, or what it shows; ``answer``: None where it cannot be asked so, which
    ``problem`` says; ``picture``: None where there is nothing to draw; ``tables``: the rows, and the tables beside them;
    ``links``: the answer in other formats; ``path``: the page of the question, asked in the same way; ``command``: what
    asks the same on a terminal, empty of a publication.
    """

    id: str
    title: str
    answer: Answer | None
    picture: Picture | None
    tables: Sequence[Rows]
    links: Sequence[Link]
    path: str = ""
    command: str = ""
    problem: str = ""

    @property
    def is_of_few(self) -> bool:
        """Whether it is of so few installations that it has counts alone."""
        return self.answer is not None and is_of_few(self.answer)


def is_of_few(answer: Answer) -> bool:
    """Return whether an answer is of so few installations that shares would say nothing; of a publication it never is."""
    return not answer.protected and answer.denominator is not None and answer.denominator < FEW


def panel(
    ask: Asker,
    draw: Drawer,
    query: Query,
    title: str,
    *,
    kind: Chart | None = None,
    beside: Query | None = None,
    limit: int | None = 50,
    filter_: Filter | None = None,
) -> Panel:
    """Return the panel of a query; what cannot be asked or drawn so is said in it.

    ``kind``: the chart, unless it is the registry's; ``beside``: what is drawn beside it; ``limit``: the rows of each table
    at most, None: all; ``filter_``: of the page, so that values are links that add a condition to it.
    """
    try:
        answer = ask(query)
        other = ask(beside) if beside is not None else None
        picture = None
        if answer.rows and not is_of_few(answer):
            picture = draw(answer, kind, other)
    except BadQuestion as error:
        return Panel(_id(query, title), title, None, None, (), (), problem=str(error))
    return Panel(
        _id(query, title),
        title,
        answer,
        picture,
        tables(answer, limit, filter_),
        [
            Link(text, _download(query, name))
            for name, text in _FORMATS.items()
            if picture or name not in ("svg", "png")
        ],
        query.path(),
        query.command(),
    )


def tables(answer: Answer, limit: int | None, filter_: Filter | None = None) -> list[Rows]:
    """Return the tables of an answer: its rows, with the intervals of their shares, and those beside them that have rows."""
    first = Rows("", _columns(answer), _rows(answer, limit, filter_), len(answer.rows))
    return [first, *(_beside(answer, name, table, limit) for name, table in answer.tables.items() if table.rows)]


def _id(query: Query, title: str) -> str:
    words = f"{query.question} {query.by or title}".lower()
    return "-".join("".join(char if char.isalnum() else " " for char in words).split())


def _download(query: Query, name: str) -> str:
    return f"{query.path('/api/ask').partition('?')[0]}?{urlencode({**query.to_text(), 'format': name})}"


def _columns(answer: Answer) -> list[str]:
    names = answer.columns()
    if answer.has_intervals:
        names.insert(names.index("share") + 1, "interval")
    return [name for name in names if not (is_of_few(answer) and name in _OF_SHARES)]


def _rows(answer: Answer, limit: int | None, filter_: Filter | None) -> list[list[Figure]]:
    columns = _columns(answer)
    intervals = answer.intervals(limit) if "interval" in columns else []
    shown = []
    for number, row in enumerate(answer.rows[:limit]):
        cells = {name: _figure(answer, name, row, filter_) for name in columns if name != "interval"}
        if intervals:
            low, high = intervals[number]
            cells["interval"] = Figure(f"{low:.1%}\N{EN DASH}{high:.1%}", True)
        shown.append([cells[name] for name in columns])
    return shown


def _figure(answer: Answer, column: str, row: Mapping[str, Cell | None], filter_: Filter | None) -> Figure:
    value = row[column]
    condition = condition_of(answer, column, row) if filter_ is not None else None
    path = filter_.adding(condition) if filter_ is not None and condition is not None else ""
    return Figure(answer.cell(column, value), not isinstance(value, str), path)


def _beside(answer: Answer, name: str, table: Table, limit: int | None) -> Rows:
    columns = answer.table_columns(name)
    rows = [
        [Figure(answer.table_cell(name, column, row[column]), not isinstance(row[column], str)) for column in columns]
        for row in table.rows[:limit]
    ]
    return Rows(name, columns, rows, len(table.rows))
