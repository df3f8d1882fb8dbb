"""A rule for each kind from the number that a tenth has to the one that nine tenths have, on a scale of tenfold steps."""

from __future__ import annotations

import math
from collections.abc import Callable

from headcount.dashboard.charts._colours import ACCENT, SOFT
from headcount.dashboard.charts._lanes import Label, laid_out
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._text import text_width
from headcount.dashboard.charts._words import of_whom
from headcount.questions import Answer, listed

_PITCH = 44.0  # pixels of a lane
_ZERO = 0.5  # where 0 stands, which has no logarithm
_NAMES = {"p10": "10%", "median": "half", "p90": "90%", "p99": "99%", "most": "most"}


def draw(answer: Answer, _: Answer | None, width: float) -> Sketch:
    """Draw the numbers that so many of the installations do not exceed."""
    sketch = Sketch(width)
    placed = laid_out(sketch, [Label(f"{row['kind']}s") for row in answer.rows], pitch=_PITCH)
    most = max(int(row["most"] or 1) for row in answer.rows)
    at = logarithmic(most, placed.left + 8, width - 24)
    draw_tens(sketch, most, at, placed.top, placed.bottom)
    for row, y in zip(answer.rows, placed.middles, strict=True):
        places = {name: at(float(row[name] or 0)) for name in _NAMES}
        sketch.rule((places["p10"], y), (places["p90"], y), ACCENT, 6)
        sketch.rule((places["p90"], y), (places["most"], y), ACCENT, 1.5)
        for name in ("p10", "median", "p90"):
            sketch.rule((places[name], y - 6), (places[name], y + 6), ACCENT, 2)
        for name in ("p99", "most"):
            sketch.point((places[name], y), ACCENT, is_hollow=name == "most", size=40)
        ends = [-1e9, -1e9]  # of the texts above and below the rule
        for name in ("median", "p90", "p10", "p99", "most"):
            text = f"{_NAMES[name]}: {row[name]:,}"
            half = text_width(text) / 2
            middle = min(max(places[name], placed.left + half), width - half)
            side = next((n for n, end in enumerate(ends) if middle - half > end), None)
            if side is not None:
                ends[side] = middle + half + 6
                sketch.text(middle, y + (14 if side else -14), text, SOFT if name != "median" else ACCENT, "center")
    return sketch


def tell(answer: Answer, _: Answer | None) -> str:
    """Return what half and what nine tenths of the installations have."""
    said = [
        f"half have up to {row['median']:,} {row['kind']}s and nine tenths up to {row['p90']:,}" for row in answer.rows
    ]
    return f"Of the installations {listed(said)}. {of_whom(answer)}".rstrip()


def logarithmic(most: float, start: float, end: float) -> Callable[[float], float]:
    """Return the scale from 0 to the most in which tenfold is always as far."""
    low, high = math.log10(_ZERO), math.log10(max(most, 2))
    return lambda number: start + (math.log10(max(number, _ZERO)) - low) / (high - low) * (end - start)


def draw_tens(sketch: Sketch, most: float, at: Callable[[float], float], top: float, bottom: float) -> None:
    """Draw 0 and the powers of ten, and make the sketch as high."""
    tens = [10**power for power in range(int(math.log10(max(most, 1))) + 1)]
    for number in (0, *tens):
        text = f"{number:,}"
        x = min(max(at(number), text_width(text) / 2), sketch.width - text_width(text) / 2)
        sketch.level((at(number), top), (at(number), bottom))
        sketch.text(x, bottom + 11, text, SOFT, "center")
    sketch.height = max(sketch.height, bottom + 19)
