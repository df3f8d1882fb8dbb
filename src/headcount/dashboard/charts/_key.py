"""The line above a chart that says what its marks stand for."""

from __future__ import annotations

from headcount.dashboard.charts._colours import ACCENT, SOFT
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._text import LEADING, text_width, wrapped

_MARK = 14.0  # pixels that a mark takes in the line


def draw_key(sketch: Sketch, full: str, hollow: str, colour: str = ACCENT) -> float:
    """Draw what a full point and a hollow one stand for; returns how far down what follows may begin."""
    x, y = 5.0, 9.0
    for text, is_hollow in ((full, False), (f"{hollow} (in brackets)", True)):
        lines = wrapped(text, sketch.width - _MARK)
        if x > 5.0 and x + _MARK + text_width(text) > sketch.width:
            x, y = 5.0, y + LEADING
        sketch.point((x, y), SOFT if is_hollow else colour, is_hollow=is_hollow)
        for line in lines:
            sketch.text(x + _MARK - 4, y, line, SOFT)
            y += LEADING
        y -= LEADING
        x += _MARK + text_width(lines[-1]) + 12 if len(lines) == 1 else sketch.width
    return y + LEADING + 2
