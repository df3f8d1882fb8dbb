"""A table of all rows of an answer that is sorted and paged by links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from headcount.dashboard._filter import Filter
from headcount.dashboard._panel import Rows
from headcount.dashboard._site import Link
from headcount.questions import Answer, Cell

SORT, PAGE = "sort", "page"
PARAMETERS = (SORT, PAGE)
"""The parameters of a page that has such a table."""

_ROWS = 50  # of a page


class Sorted(NamedTuple):
    """The rows of a page of a table; ``by``: the column in whose order they are; ``number``: of the page, from 1."""

    rows: tuple[Mapping[str, Cell | None], ...]
    by: str
    number: int
    pages: int


def sorted_rows(answer: Answer, parameters: Mapping[str, str], default: str) -> Sorted:
    """Return the page of the rows that the parameters of an address ask for: numbers by the most, names by the alphabet.

    What is no column, and what is no page, is as if it were not given.
    """
    by = parameters.get(SORT, default)
    if by not in answer.columns():
        by = default
    rows = list(answer.rows)
    if rows and isinstance(rows[0][by], str):
        rows.sort(key=lambda row: _last(str(row[by])))
    else:
        rows.sort(key=lambda row: -float(row[by] or 0))
    pages = max(-(-len(rows) // _ROWS), 1)
    asked = parameters.get(PAGE, "1")
    number = min(max(int(asked), 1), pages) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    return Sorted(tuple(rows[(number - 1) * _ROWS : number * _ROWS]), by, number, pages)


def with_headings(rows: Rows, filter_: Filter, by: str) -> Rows:
    """Return a table whose headings are links that sort it."""
    columns = [name for name in rows.columns if name != "interval"]
    return rows._replace(sorted_by=by, paths={name: filter_.address(**{SORT: name, PAGE: None}) for name in columns})


def page_links(filter_: Filter, shown: Sorted) -> list[Link]:
    """Return a link to each page of a table; none where there is one page."""
    if shown.pages == 1:
        return []
    return [
        Link(str(number), filter_.address(**{PAGE: str(number)}), number == shown.number)
        for number in range(1, shown.pages + 1)
    ]


def _last(name: str) -> tuple[str, str]:
    """Return what a name is sorted by: its last component, as it is shown."""
    return name.rpartition(".")[2].lower(), name
