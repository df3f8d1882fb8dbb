"""The line above a chart that says what its fillings stand for."""

from __future__ import annotations

from collections.abc import Sequence

from headcount.dashboard.charts._colours import SOFT
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._text import LEADING, text_width

_SIDE = 12.0  # pixels of a swatch


def draw_swatches(sketch: Sketch, fillings: Sequence[tuple[str, str, float | None]], hollow: str = "") -> float:
    """Draw what fillings stand for: name, colour and opacity, None where it is hatched; ``hollow``: that of a point.

    Returns how far down what follows may begin.
    """
    x, y = 0.0, 9.0
    for name, colour, opacity in [*fillings, *([(hollow, SOFT, -1.0)] if hollow else [])]:
        width = _SIDE + 6 + text_width(name)
        if x and x + width > sketch.width:
            x, y = 0.0, y + LEADING
        box = (x + 0.5, y - 5, x + _SIDE, y + 5)
        if opacity is None:
            sketch.hatched(box, colour)
        elif opacity < 0:
            sketch.point((x + 6, y), colour, is_hollow=True)
        else:
            sketch.rectangle(box, colour, opacity=opacity, outline=colour)
        sketch.text(x + _SIDE + 6, y, name, SOFT)
        x += width + 12
    return y + LEADING
