"""A bar for each day of a flood, as long as it set newcomers apart; those that still are in a full colour."""

from __future__ import annotations

from headcount.dashboard.charts._colours import ACCENT, SOFT
from headcount.dashboard.charts._lanes import GAP, Label, from_zero, laid_out
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._swatches import draw_swatches
from headcount.dashboard.charts._text import text_width
from headcount.questions import Answer

_HALF = 6.0  # pixels: of a bar's height
_TINT = 0.35


def draw(answer: Answer, _: Answer | None, width: float) -> Sketch:
    """Draw the newcomers that each day set apart."""
    sketch = Sketch(width)
    top = draw_swatches(sketch, [("set apart", ACCENT, _TINT), ("and still are", ACCENT, 1.0)])
    placed = laid_out(sketch, [Label(str(row["period"])) for row in answer.rows], top)
    counts = [(int(row["installations"] or 0), int(row["apart"] or 0)) for row in answer.rows]
    said = [f"{count:,}, of them {apart:,} still" for count, apart in counts]
    at = from_zero(
        [(count, text_width(text)) for (count, _), text in zip(counts, said, strict=True)], placed.left, width
    )
    for (count, apart), text, y in zip(counts, said, placed.middles, strict=True):
        sketch.rectangle((at(0), y - _HALF, at(count), y + _HALF), ACCENT, opacity=_TINT, outline=ACCENT)
        sketch.rectangle((at(0), y - _HALF, at(apart), y + _HALF), ACCENT)
        sketch.text(at(count) + GAP, y, text, SOFT)
    placed.draw_start(sketch)
    return sketch


def tell(answer: Answer, _: Answer | None) -> str:
    """Return on how many days how many were set apart."""
    apart = sum(int(row["installations"] or 0) for row in answer.rows)
    still = sum(int(row["apart"] or 0) for row in answer.rows)
    return f"On {len(answer.rows):,} days {apart:,} newcomers were set apart, of which {still:,} still are."
