"""A point for each class, at the share that uses it, with its interval; what all use is told and not drawn."""

from __future__ import annotations

import dataclasses

from headcount.dashboard.charts import ranking
from headcount.dashboard.charts._rows import UNIVERSAL
from headcount.dashboard.charts._shares import draw_lanes, lanes_of, names_of
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._words import class_labels
from headcount.questions import Answer, listed


def draw(answer: Answer, beside: Answer | None, width: float) -> Sketch:
    """Draw the share of each class that not all use; where all use all, of each."""
    shown = _parted(answer)[0]
    return draw_lanes(width, lanes_of(shown, beside), names_of(shown, beside), are_points=True)[0]


def tell(answer: Answer, beside: Answer | None) -> str:
    """Return the largest shares, and what is not drawn."""
    shown, universal = _parted(answer)
    left_out = f" Nearly all use {listed(universal)}, not drawn." if universal else ""
    return ranking.tell(shown, beside) + left_out


def _parted(answer: Answer) -> tuple[Answer, list[str]]:
    """Return the answer without what nearly all use, and the names of that."""
    rows = tuple(row for row in answer.rows if float(row["share"] or 0) < UNIVERSAL)
    if not rows or len(rows) == len(answer.rows):
        return answer, []
    names = [str(row["plugin"]) for row in answer.rows if row not in rows]
    return dataclasses.replace(answer, rows=rows), [label.text for label in class_labels(names)]
