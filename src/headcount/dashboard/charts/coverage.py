"""A strip from 0 to 100% for each row, filled as far as its share."""

from __future__ import annotations

from headcount.dashboard.charts import ranking
from headcount.dashboard.charts._colours import ACCENT, SOFT
from headcount.dashboard.charts._lanes import GAP, laid_out, linear
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._text import text_width
from headcount.dashboard.charts._words import labels_of, number
from headcount.questions import Answer

_HALF = 5.0  # pixels: of a strip's height


def draw(answer: Answer, _: Answer | None, width: float) -> Sketch:
    """Draw the share of each row as a part of a strip."""
    sketch = Sketch(width)
    placed = laid_out(sketch, labels_of(answer, answer.rows), pitch=20)
    said = [number(answer, row) for row in answer.rows]
    right = width - max(map(text_width, said)) - GAP
    at = linear(0, 1, placed.left, right)
    for row, text, y in zip(answer.rows, said, placed.middles, strict=True):
        share = float(row["share"] or 0)
        sketch.rectangle((at(0), y - _HALF, at(1), y + _HALF), SOFT, opacity=0.0, outline=SOFT)
        sketch.rectangle((at(0), y - _HALF, at(share), y + _HALF), ACCENT)
        sketch.text(width, y, text, align="right")
    return sketch


def tell(answer: Answer, beside: Answer | None) -> str:
    """Return the smallest and the largest share."""
    least = min(answer.rows, key=lambda row: float(row["share"] or 0))
    label = labels_of(answer, [least])[0].text
    return f"{ranking.tell(answer, beside)} Least: {label} {number(answer, least)}."
