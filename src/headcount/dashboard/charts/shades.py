"""A table of shades: the share by two suppositions, with the number in each cell."""

from __future__ import annotations

from headcount.dashboard._words import percent
from headcount.dashboard.charts._colours import ACCENT, DARKEST, INK, SOFT
from headcount.dashboard.charts._lanes import GAP
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._text import LEADING, text_width, wrapped
from headcount.questions import Answer

_MOST = 0.5  # the share from which on a cell has the darkest shade
_HEIGHT = 26.0  # pixels of a cell
_ACROSS = "where those who do not report use it … times as often"


def draw(answer: Answer, _: Answer | None, width: float) -> Sketch:
    """Draw the estimate for each supposition."""
    sketch = Sketch(width)
    times = list(dict.fromkeys(float(row["times"] or 0) for row in answer.rows))
    parts = list(dict.fromkeys(float(row["reporting"] or 0) for row in answer.rows))
    names = {part: f"{part:.0%} report" for part in parts}
    left = max(map(text_width, names.values())) + GAP
    side = (width - left) / len(times)
    head = wrapped(_ACROSS, width - left)
    for number, line in enumerate(head):
        sketch.text(left, 8 + LEADING * number, line, SOFT)
    y = 8.0 + LEADING * len(head)
    for number, each in enumerate(times):
        sketch.text(left + side * (number + 0.5), y, f"{each:g}", SOFT, "center")
    top = y + 10
    for number, part in enumerate(parts):
        sketch.text(left - GAP, top + _HEIGHT * (number + 0.5), names[part], SOFT, "right")
    for row in answer.rows:
        x = left + side * times.index(float(row["times"] or 0))
        y = top + _HEIGHT * parts.index(float(row["reporting"] or 0))
        estimate = float(row["estimate"] or 0)
        shade = 0.06 + (DARKEST - 0.06) * min(estimate / _MOST, 1)
        sketch.rectangle((x + 1, y + 1, x + side - 1, y + _HEIGHT - 1), ACCENT, opacity=round(shade, 2))
        sketch.text(x + side / 2, y + _HEIGHT / 2, percent(estimate), INK, "center")
    sketch.height = top + _HEIGHT * len(parts)
    return sketch


def tell(answer: Answer, _: Answer | None) -> str:
    """Return the least and the most that it can be."""
    least = min(answer.rows, key=lambda row: float(row["estimate"] or 0))
    most = max(answer.rows, key=lambda row: float(row["estimate"] or 0))
    said = [
        f"{percent(float(row['estimate'] or 0))} where {row['reporting']:.0%} report and the others use it "
        f"{row['times']:g} times as often"
        for row in (least, most)
    ]
    return f"The share of all: from {said[0]}, to {said[1]}."
