"""The tables of the record of a decision, in a maintainer's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from headcount.dashboard._names import short_name
from headcount.dashboard._panel import Figure, Rows
from headcount.dashboard._words import count
from headcount.dashboard.pages._usage import Row, Usage, interval_in_words

_TITLES = {
    "parts": "Each alone, and together with another",
    "overlap": "Who uses two of them",
    "classes": "The classes that are named",
    "differences": "Where its users differ from the others",
}
_SAID: Mapping[str, str] = {
    "installations": "masters",
    "alone": "of them without another part",
    "most": "most in one",
    "attribute": "what",
    "value": "which",
    "others": "other masters",
    "others_share": "their share",
    "adjusted": "p, corrected",
}
_LEAST = 0.001  # a p-value under it is said to be


def record_tables(usage: Usage) -> dict[str, Rows]:
    """Return the tables that have something to say, by the title that each has on the page."""
    return {title: _table(usage, name) for name, title in _TITLES.items() if _is_worth(usage, name)}


def compared(usage: Usage, others: Sequence[tuple[str, Usage]]) -> Rows:
    """Return a table of how many use it now, and at other times or under other conditions, by what these are."""
    columns = ["when", "masters", "answered"] + ([] if usage.is_of_few else ["share", "interval"])
    rows = []
    for name, each in [(f"now, {usage.answer.until}", usage), *others]:
        low, high, share = (each.value(column) for column in ("low", "high", "share"))
        texts = [count(each.users), count(each.asked)] if each.asked else ["not known", ""]
        if not usage.is_of_few:
            is_known = bool(each.asked) and not each.is_of_few and None not in (low, high, share)
            interval = interval_in_words(float(low or 0), float(high or 0))
            texts += [f"{float(share or 0):.1%}", interval] if is_known else ["", ""]
        rows.append([Figure(name, False), *(Figure(text, True) for text in texts)])
    return Rows("", columns, rows, len(rows))


def _is_worth(usage: Usage, name: str) -> bool:
    rows = usage.table(name)
    return len(rows) > 1 if name == "classes" else bool(rows)


def _table(usage: Usage, name: str) -> Rows:
    answer = usage.answer
    columns = [column for column in answer.table_columns(name) if not (usage.is_of_few and "share" in column)]
    rows = [
        [_figure(row, column, answer.table_cell(name, column, row[column])) for column in columns]
        for row in usage.table(name)
    ]
    return Rows("", [_SAID.get(column, column) for column in columns], rows, len(rows))


def _figure(row: Row, column: str, text: str) -> Figure:
    value = row[column]
    if column in ("plugin", "value") and isinstance(value, str) and value.startswith("buildbot"):
        return Figure(short_name(value), False, f"/plugins/{value}")
    if column in ("part", "with") and isinstance(value, str):
        return Figure(text, False, f"/drop?{urlencode({'where': value})}")
    if column == "adjusted" and isinstance(value, float):
        return Figure(f"under {_LEAST}" if value < _LEAST else f"{value:.3f}", True)
    return Figure(text, not isinstance(value, str))
