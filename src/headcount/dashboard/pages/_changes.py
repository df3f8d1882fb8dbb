"""What clearly gained and lost between two days, of all tables of an answer to `changes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from headcount.dashboard._filter import Filter
from headcount.dashboard._panel import Figure, linked
from headcount.dashboard._words import percent, signed
from headcount.questions import Answer, Cell

_PRODUCTS = {"buildbot": "Buildbot", "python": "Python", "twisted": "Twisted"}


class Change(NamedTuple):
    """Something that clearly gained or lost.

    ``name``: what, with a link; ``change``: by how many, with the sign; ``now``: the share that has it now; ``moved``: how
    many started and stopped.
    """

    name: Figure
    change: str
    now: str
    moved: str
    gained: bool


def changes(answer: Answer, filter_: Filter) -> list[Change]:
    """Return what changed between two days, the clearest first."""
    rows = [row for table in answer.tables.values() for row in table.rows]
    return [_change(answer, row, filter_) for row in sorted(rows, key=lambda row: float(row["p"] or 0))]


def named(answer: Answer, row: Mapping[str, Cell | None], filter_: Filter) -> Figure:
    """Return what a row of a table of `changes` is about: a plugin, a series of a product, or a value of an environment."""
    column = next(name for name in ("plugin", "version", "value") if name in row)
    text = str(row[column])
    if column == "version":
        text = f"{_PRODUCTS.get(str(row['attribute']), row['attribute'])} {text}"
    note = str(row["attribute"]) if column == "value" else ""
    return linked(Figure(text, False, note=note), answer, column, row, filter_)


def _change(answer: Answer, row: Mapping[str, Cell | None], filter_: Filter) -> Change:
    started, stopped = int(row["started"] or 0), int(row["stopped"] or 0)
    return Change(
        named(answer, row, filter_),
        signed(started - stopped),
        percent(float(row["share"] or 0)),
        f"{started:,} started, {stopped:,} stopped",
        int(row["started_once"] or 0) > int(row["stopped_once"] or 0),
    )
