"""A bar for each row, as long as a share."""

from __future__ import annotations

from headcount.dashboard.charts._shares import draw_lanes, lanes_of, names_of
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._words import labels_of, number, of_whom, words_of
from headcount.questions import Answer, listed

_TOLD = 3  # rows


def draw(answer: Answer, beside: Answer | None, width: float) -> Sketch:
    """Draw the share of each row, with its interval where it has one."""
    return draw_lanes(width, lanes_of(answer, beside), names_of(answer, beside))[0]


def tell(answer: Answer, beside: Answer | None) -> str:
    """Return the largest shares, and what they were beside."""
    most = sorted(answer.rows, key=lambda row: -float(row["share"] or 0))[:_TOLD]
    names = [label.text for label in labels_of(answer, most)]
    said = listed([f"{name} {number(answer, row)}" for name, row in zip(names, most, strict=True)])
    was = (
        next((row for row in beside.rows if words_of(beside, row) == words_of(answer, most[0])), None)
        if beside
        else None
    )
    before = f" Beside it {names[0]}: {number(beside, was)}." if beside and was else ""
    return f"Most: {said}.{before} {of_whom(answer)}".rstrip()
