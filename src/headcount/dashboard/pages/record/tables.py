"""The tables of the record of a decision, in a maintainer's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode

from headcount.dashboard._filter import Filter
from headcount.dashboard._names import plugin_page
from headcount.dashboard._panel import Figure, Rows, is_of_few, tables
from headcount.dashboard._words import count
from headcount.dashboard.pages.record.usage import Count, Row, Usage, in_words
from headcount.questions import FEW, Answer, shown_name

_TITLES = {
    "parts": "Each alone, and together with another",
    "overlap": "Who uses two of them",
    "classes": "The classes that are named",
}
_SAID: Mapping[str, str] = {
    "installations": "masters",
    "alone": "of them without another part",
    "most": "most in one",
}


def record_tables(usage: Usage) -> dict[str, Rows]:
    """Return the tables that have something to say, by the title that each has on the page."""
    return {title: _table(usage, name) for name, title in _TITLES.items() if _is_worth(usage, name)}


def compared(counts: Sequence[tuple[str, str, Count | None]], *, shares: bool) -> Rows:
    """Return a table of how many use it, by when or under which condition, and on which day; None: that is not known.

    ``shares``: whether there are columns for these.
    """
    columns = ["when", "on", "masters", "answered", *(("share", "interval") if shares else ())]
    rows = []
    for name, day, each in counts:
        texts = _texts(each)
        rows.append([Figure(name, False), *(Figure(text, True) for text in (day, *texts)[: len(columns) - 1])])
    return Rows("", columns, rows, len(rows))


def without_shares_of_few(answer: Answer, filter_: Filter, wholes: Mapping[str, Callable[[Row], int]]) -> list[Rows]:
    """Return the table of an answer with an empty cell for each share of few.

    ``wholes``: by the column of a share, of how many it is in a row.
    """
    (table, *_) = tables(answer, None, filter_)
    rows = [
        [
            Figure("", True) if column in wholes and wholes[column](row) < FEW else figure
            for column, figure in zip(table.columns, figures, strict=True)
        ]
        for row, figures in zip(answer.rows, table.rows, strict=True)
    ]
    return [table._replace(rows=rows)]


def _texts(found: Count | None) -> tuple[str, str, str, str]:
    """Return how many, of how many, their share and its interval."""
    if found is None:
        return "not known", "", "", ""
    many = count(found.users), count(found.asked)
    if found.share is None or found.interval is None:
        return *many, "", ""
    return *many, f"{found.share:.1%}", in_words(found.interval)


def _is_worth(usage: Usage, name: str) -> bool:
    rows = usage.table(name)
    return len(rows) > 1 if name == "classes" else bool(rows)


def _table(usage: Usage, name: str) -> Rows:
    answer = usage.answer
    few = is_of_few(usage.alone(name))
    columns = [column for column in answer.table_columns(name) if not (few and "share" in column)]
    rows = [
        [_figure(row, column, answer.table_cell(name, column, row[column])) for column in columns]
        for row in usage.table(name)
    ]
    return Rows("", [_SAID.get(column, column) for column in columns], rows, len(rows))


def _figure(row: Row, column: str, text: str) -> Figure:
    value = row[column]
    if column == "plugin" and isinstance(value, str) and value.startswith("buildbot"):
        return Figure(shown_name(value), False, plugin_page(value))
    if column in ("part", "with") and isinstance(value, str):
        return Figure(text, False, f"/drop?{urlencode({'where': value})}")
    return Figure(text, not isinstance(value, str))
