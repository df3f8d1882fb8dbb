"""Panels: an answer as every page shows it, with its chart, its caption, its figures, and the ways to take it away."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol
from urllib.parse import urlencode

from headcount.dashboard._comparison import Comparison
from headcount.dashboard._filter import Filter
from headcount.dashboard._links import condition_of, page_of
from headcount.dashboard._names import module_of
from headcount.dashboard._site import Link
from headcount.dashboard.charts import Picture
from headcount.questions import FEW, Answer, BadQuestion, Cell, Chart, Query, shown_name

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FORMATS = {"csv": "CSV", "json": "JSON", "parquet": "Parquet", "svg": "SVG", "png": "PNG"}
_OF_SHARES = frozenset({"share", "interval", "running_share", "estimate", "most", "least", "low", "high"})

Asker = Callable[[Query], Answer]
"""Answers a query, from a warehouse or from a publication."""


class Drawer(Protocol):
    """Draws an answer, as the registry names its chart unless ``kind`` does, with another one ``beside`` it."""

    def __call__(self, answer: Answer, kind: Chart | None = None, beside: Answer | None = None) -> Picture:
        """Return the picture. Raises `BadQuestion` where the answer has too many rows to be drawn."""


class Figure(NamedTuple):
    """A cell of a table.

    ``text``: what it says; ``is_number``: whether it stands for a number; ``path``: where it leads, empty: nowhere;
    ``note``: small beside it.
    """

    text: str
    is_number: bool
    path: str = ""
    note: str = ""

    @property
    def kind(self) -> str:
        """Whether it is a ``number`` or a ``day``, which stand on one line; else nothing."""
        return "number" if self.is_number else "day" if _DAY.fullmatch(self.text) else ""


class Rows(NamedTuple):
    """A table as a page has it.

    ``name``: of the table beside the rows, or what it is about; ``columns``: as the registry names them; ``total``: how many
    rows there are, of which the page has some; ``paths``: by column, where its heading leads; ``sorted_by``: the column in
    whose order the rows are, as far as that was asked for.
    """

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Figure]]
    total: int
    paths: Mapping[str, str] = {}
    sorted_by: str = ""


@dataclasses.dataclass(frozen=True)
class Panel:
    """What a page shows of one answer.

    ``title``: the question that the chart answers, or what it shows; ``answer``: None where it cannot be asked so, which
    ``problem`` says; ``picture``: None where there is nothing to draw; ``tables``: the rows, and the tables beside them;
    ``links``: the answer in other formats; ``path``: the page of the question, asked in the same way; ``command``: what
    asks the same on a terminal, empty of a publication; ``notes``: sentences about it, such as what of the filter does not
    apply; ``is_wide``: whether it takes the whole width.
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
    notes: Sequence[str] = ()
    is_wide: bool = False

    @property
    def is_of_few(self) -> bool:
        """Whether it is of so few installations that it has counts alone."""
        return self.answer is not None and is_of_few(self.answer)

    @property
    def has_intervals(self) -> bool:
        """Whether intervals stand in its picture or in its tables, so that what they suppose must be said."""
        listed = any("interval" in table.columns or "low" in table.columns for table in self.tables)
        return self.answer is not None and self.answer.needs_caveat and (self.picture is not None or listed)


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
    choose: Callable[[Answer], Answer] | None = None,
    shown: Callable[[Answer], Sequence[Rows]] | None = None,
    draws: bool = True,
    notes: Sequence[str] = (),
    is_wide: bool = False,
) -> Panel:
    """Return the panel of a query; what cannot be asked so is said in it, and of what cannot be drawn it has the figures.

    ``kind``: the chart, unless it is the registry's; ``beside``: what is drawn beside it; ``limit``: the rows of each table
    at most, None: all; ``filter_``: of the page, so that values are links that add a condition to it; ``choose`` returns the
    part of an answer that is drawn; ``shown`` returns the tables, unless they are those of the answer; ``draws``: whether
    there is a chart; ``notes``: sentences that stand at its head.
    """
    try:
        answer = ask(query)
        picture, compared = None, None
        told = [*notes, *_not_applied(answer, filter_)]
        if draws and answer.rows and not is_of_few(answer):
            other = _other(ask, beside, told)
            picture = _picture(draw, answer, kind, other, choose=choose, told=told)
            if other is not None and filter_ is not None and filter_.with_ is not None:
                compared = Comparison(answer, other, filter_, is_listed=shown is None)
                said = compared.in_words(None if picture is None else kind or answer.breakdown.shown.chart)
                if picture is not None and said:
                    picture = picture._replace(summary=f"{picture.summary} {said}")
                else:
                    told.append(said or "Nothing is compared here.")
    except BadQuestion as error:
        return Panel(
            _id(query, title), title, None, None, (), (), problem=_sentence(error), notes=notes, is_wide=is_wide
        )
    return Panel(
        _id(query, title),
        title,
        answer,
        picture,
        tables(answer, limit, filter_, compared) if shown is None else shown(answer),
        [
            Link(text, _download(query, name))
            for name, text in _FORMATS.items()
            if picture or name not in ("svg", "png")
        ],
        query.path(),
        query.command(),
        notes=told,
        is_wide=is_wide,
    )


def _other(ask: Asker, beside: Query | None, told: list[str]) -> Answer | None:
    """Return what is compared with; None where there is none, or it cannot be asked, which is then told."""
    if beside is None:
        return None
    try:
        other = ask(beside)
    except BadQuestion as error:
        told.append(f"Nothing is compared here: {error}.")
        return None
    if not other.rows or is_of_few(other):
        told.append(f"Nothing is compared here: {other.denominator or 0:,} are too few.")
        return None
    return other


def _picture(
    draw: Drawer,
    answer: Answer,
    kind: Chart | None,
    other: Answer | None,
    *,
    choose: Callable[[Answer], Answer] | None,
    told: list[str],
) -> Picture | None:
    """Return the picture; None of nothing, and where it cannot be drawn, which is then told."""
    if choose is not None:
        answer = choose(answer)
        other = None if other is None else choose(other)
    if other is not None and not other.rows:
        other = None
    if not answer.rows:
        return None
    try:
        return draw(answer, kind, other)
    except BadQuestion as error:
        told.append(_sentence(error))
        return None


def _not_applied(answer: Answer, filter_: Filter | None) -> list[str]:
    """Return what of the filter of a page does not apply to an answer, in sentences."""
    if filter_ is None or filter_.basis in (None, answer.basis):
        return []
    return [f"Over {answer.basis}, since this is not asked over {filter_.basis}."]


def _sentence(error: BadQuestion) -> str:
    text = str(error)
    return text if "\n" in text else f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def tables(
    answer: Answer, limit: int | None, filter_: Filter | None = None, compared: Comparison | None = None
) -> list[Rows]:
    """Return the tables of an answer: its rows, with the intervals of their shares, and those beside them that have rows.

    ``compared``: what stands beside each row.
    """
    added = () if compared is None else compared.columns
    rows = _rows(answer, limit, filter_, compared if added else None)
    first = Rows("", [*_columns(answer), *added], rows, len(answer.rows))
    return [first, *(table_beside(answer, name, limit, filter_) for name, table in answer.tables.items() if table.rows)]


def _id(query: Query, title: str) -> str:
    words = f"{query.question} {query.by or title} {query.over or ''}".lower()
    return "-".join("".join(char if char.isalnum() else " " for char in words).split())


def _download(query: Query, name: str) -> str:
    return f"{query.path('/api/ask').partition('?')[0]}?{urlencode({**query.to_text(), 'format': name})}"


def _columns(answer: Answer) -> list[str]:
    names = answer.columns()
    if answer.has_intervals:
        names.insert(names.index("share") + 1, "interval")
    return [name for name in names if not (is_of_few(answer) and name in _OF_SHARES)]


def _rows(answer: Answer, limit: int | None, filter_: Filter | None, compared: Comparison | None) -> list[list[Figure]]:
    columns = _columns(answer)
    rows = answer.rows
    if answer.over:  # the newest period is wanted first
        rows = tuple(sorted(rows, key=lambda row: str(row["period"]), reverse=True))
    intervals = answer.intervals(limit) if "interval" in columns else []
    shown = []
    for number, row in enumerate(rows[:limit]):
        cells = {name: _figure(answer, name, row, filter_) for name in columns if name != "interval"}
        if intervals:
            low, high = intervals[number]
            cells["interval"] = Figure(f"{low:.1%}\N{EN DASH}{high:.1%}", True)
        beside = () if compared is None else compared.texts(row)
        shown.append([*(cells[name] for name in columns), *(Figure(text, True) for text in beside)])
    return shown


def _figure(answer: Answer, column: str, row: Mapping[str, Cell | None], filter_: Filter | None) -> Figure:
    value = row[column]
    figure = Figure(answer.cell(column, value), not isinstance(value, str))
    return figure if filter_ is None else linked(figure, answer, column, row, filter_)


def linked(figure: Figure, answer: Answer, column: str, row: Mapping[str, Cell | None], filter_: Filter) -> Figure:
    """Return a cell that leads to the page of the plugin that it names, or else adds its condition to the filter.

    A plugin is called by its last component, with its module beside it.
    """
    if page := page_of(answer, column, row):
        plugin = str(row[column])
        return figure._replace(text=shown_name(plugin), note=module_of(plugin), path=filter_.address(page))
    condition = condition_of(answer, column, row)
    return figure if condition is None else figure._replace(path=filter_.adding(condition))


def table_beside(answer: Answer, name: str, limit: int | None = None, filter_: Filter | None = None) -> Rows:
    """Return a table beside the rows of an answer; ``limit``: so many of its rows at most."""
    columns, table = answer.table_columns(name), answer.tables[name]

    def figure(column: str, row: Mapping[str, Cell | None]) -> Figure:
        value = row[column]
        plain = Figure(answer.table_cell(name, column, value), not isinstance(value, str))
        return plain if filter_ is None else linked(plain, answer, column, row, filter_)

    rows = [[figure(column, row) for column in columns] for row in table.rows[:limit]]
    return Rows(name, columns, rows, len(table.rows))
