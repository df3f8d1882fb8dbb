"""The rows of a page of comparisons: what was tested, corrected together, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from headcount.questions._question import Cell, Row, Table
from headcount.questions._statistics import false_discoveries

LEVEL = 0.05
"""The share of false discoveries among the rows that are shown."""

LEAST = 5
"""At least so many installations have what a row is about, on one side of the comparison: fewer are not tested."""


class Tested(NamedTuple):
    """A row with its p-value, and the table that it is of."""

    table: str
    row: Row
    p: float


def shown(tested: Iterable[Tested], tables: Iterable[str]) -> tuple[Mapping[str, Table], int]:
    """Return the tables, of the rows that are no false discoveries, and how many were tested.

    The correction is over the rows of all tables. Each row gets ``p`` and ``adjusted``, to three digits, and is sorted by
    them and by its words.
    """
    rows = list(tested)
    found: dict[str, list[Row]] = {name: [] for name in tables}
    for each, adjusted in zip(rows, false_discoveries([row.p for row in rows]), strict=True):
        if adjusted < LEVEL:
            found[each.table].append({**each.row, "p": _three_digits(each.p), "adjusted": _three_digits(adjusted)})
    return {name: Table(tuple(sorted(listed, key=_order))) for name, listed in found.items()}, len(rows)


def _three_digits(value: float) -> float:
    return float(f"{value:.3g}")


def _order(row: Mapping[str, Cell | None]) -> tuple[float, float, list[str]]:
    return (
        float(row["adjusted"] or 0),
        float(row["p"] or 0),
        [value for value in row.values() if isinstance(value, str)],
    )
