"""Lanes: rows below each other, each with its label at the left, or above it where the labels are too long for that."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from headcount.dashboard.charts._colours import INK, SOFT
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._text import LEADING, text_width, wrapped

GAP = 8.0
"""Pixels between a label or a number and the marks."""

_PITCH = 22.0  # pixels from a lane to the next
_SHORT, _PLOT = 0.25, 0.25  # of the width: labels that may be at the left, where less than that is left for marks
_BESIDE = 0.43  # of the width that labels take at most at the left
_FIRST = 10.0  # pixels from the top to the middle of the first line


@dataclasses.dataclass(frozen=True)
class Label:
    """What a lane is about; ``soft``: what is said in addition, in a softer colour."""

    text: str
    soft: str = ""

    @property
    def width(self) -> float:
        """How wide it is in one line."""
        return text_width(self.text) + (text_width(self.soft) + GAP if self.soft else 0)


@dataclasses.dataclass(frozen=True)
class Lanes:
    """Where the lanes are: ``left``, where their marks begin, and the middle of each; ``are_under``: under their labels."""

    left: float
    middles: tuple[float, ...]
    top: float
    bottom: float
    are_under: bool = False

    @property
    def spans(self) -> list[tuple[float, float]]:
        """From where to where marks are: all lanes, or each of them where the labels stand between them."""
        return [(middle - 9, middle + 9) for middle in self.middles] if self.are_under else [(self.top, self.bottom)]

    def draw_start(self, sketch: Sketch) -> None:
        """Draw the line at which all marks begin."""
        for start, end in self.spans:
            sketch.rule((self.left, start), (self.left, end), SOFT)


def laid_out(
    sketch: Sketch, labels: Sequence[Label], top: float = 0.0, pitch: float = _PITCH, room: float = 0.0
) -> Lanes:
    """Draw the labels, and make the sketch as high as the lanes.

    ``pitch``: the height of a lane; ``room``: how wide what stands behind the marks is, in pixels.
    """
    widest = max(label.width for label in labels)
    is_narrow = sketch.width - widest - room < _PLOT * sketch.width and widest > _SHORT * sketch.width
    if widest + GAP <= _BESIDE * sketch.width and not is_narrow:
        middles = [top + pitch / 2 + pitch * number for number in range(len(labels))]
        for label, middle in zip(labels, middles, strict=True):
            end = widest
            if label.soft:
                sketch.text(end, middle, label.soft, SOFT, "right")
                end -= text_width(label.soft) + GAP
            sketch.text(end, middle, label.text, INK, "right")
        lanes = Lanes(widest + GAP, tuple(middles), top, top + pitch * len(labels))
    else:
        lanes = _above(sketch, labels, top, pitch)
    sketch.height = max(sketch.height, lanes.bottom)
    return lanes


def _above(sketch: Sketch, labels: Sequence[Label], top: float, pitch: float) -> Lanes:
    middles: list[float] = []
    y = top
    for label in labels:
        y += _FIRST
        if label.width <= sketch.width:
            sketch.text(0, y, label.text)
            if label.soft:
                sketch.text(text_width(label.text) + GAP, y, label.soft, SOFT)
        else:
            lines = [(line, INK) for line in wrapped(label.text, sketch.width)]
            lines += [(line, SOFT) for line in wrapped(label.soft, sketch.width) if label.soft]
            for number, (line, colour) in enumerate(lines):
                sketch.text(0, y + LEADING * number, line, colour)
            y += LEADING * (len(lines) - 1)
        y += LEADING / 2 + pitch / 2 - 2
        middles.append(y)
        y += pitch / 2 + 2
    return Lanes(1.0, tuple(middles), top, y, are_under=True)


Scale = Callable[[float], float]
"""Returns the place of a number."""


def linear(low: float, high: float, start: float, end: float) -> Scale:
    """Return the scale that puts ``low`` at ``start`` and ``high`` at ``end``."""
    span = (high - low) or 1.0
    return lambda number: start + (number - low) / span * (end - start)


def from_zero(ends: Sequence[tuple[float, float]], start: float, end: float, least: float = 0.0) -> Scale:
    """Return the scale from 0 on of lanes behind whose ends texts stand.

    ``ends``: of each lane the number at which it ends, and the width of what stands behind that; nothing of it is beyond
    ``end``, and of the scale no less than ``least``.
    """
    room = [((end - start - GAP - width) / number) for number, width in ends if number > 0]
    unit = max(min([*room, *([(end - start) / least] if least else [])], default=1.0), 0.0)
    return lambda number: start + unit * number
