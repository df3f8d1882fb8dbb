"""Lanes with a share each: as a bar or a point, with its interval, its number, and what it was beside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from headcount.dashboard.charts._colours import ACCENT, INK, LINE, SOFT
from headcount.dashboard.charts._key import draw_key
from headcount.dashboard.charts._lanes import GAP, Label, Lanes, Scale, from_zero, laid_out
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._text import text_width
from headcount.dashboard.charts._words import Row, difference, labels_of, number, words_of
from headcount.questions import Answer

LEAST = 0.05
"""The share that a scale of shares has at least."""

_HALF = 6.0  # pixels: of a bar's height
_REACH = 5.0  # pixels from the middle of a hollow point to its side
_RING = 90.0  # square pixels: of a hollow point, which stands out around a full one
_TINT = 0.35  # of a bar on which an interval lies, which must stand out from it


@dataclasses.dataclass(frozen=True)
class Lane:
    """A lane: its value, the ends of its interval where it has one, and the value beside it.

    Behind the mark stand ``number``, ``before``, which is that of the value beside it, and ``remark``.
    """

    label: Label
    value: float
    number: str
    interval: tuple[float, float] | None = None
    beside: float | None = None
    colour: str = ACCENT
    remark: str = ""
    before: str = ""

    @property
    def end(self) -> float:
        """The largest number that is drawn of it."""
        return max(self.value, self.beside or 0.0, self.interval[1] if self.interval else 0.0)

    @property
    def room(self) -> float:
        """How wide what stands behind the mark is."""
        return sum(text_width(text) + GAP for text, _ in self.said) - GAP

    @property
    def said(self) -> list[tuple[str, str]]:
        """What stands behind the mark, each with its colour."""
        texts = ((self.number, INK), (f"({self.before})" if self.before else "", SOFT), (self.remark, self.colour))
        return [(text, colour) for text, colour in texts if text]


def lanes_of(answer: Answer, beside: Answer | None) -> list[Lane]:
    """Return a lane for each row of an answer, with the share of the same words beside it."""
    others: dict[str, Row] = {words_of(answer, row): row for row in beside.rows} if beside else {}
    intervals = answer.intervals() if answer.has_intervals else [None] * len(answer.rows)
    return [
        Lane(
            label,
            float(row["share"] or 0),
            number(answer, row),
            interval,
            float(other["share"] or 0) if other else None,
            before=number(beside, other) if beside and other else "",
        )
        for row, label, interval in zip(answer.rows, labels_of(answer, answer.rows), intervals, strict=True)
        for other in [others.get(words_of(answer, row))]
    ]


def draw_lanes(
    width: float,
    lanes: Sequence[Lane],
    names: tuple[str, str] | None = None,
    *,
    are_points: bool = False,
    are_joined: bool = False,
    right: float = 0.0,
    top: float = 0.0,
    least: float = LEAST,
) -> tuple[Sketch, Lanes]:
    """Draw lanes; ``names``: of the marks and those beside them; ``are_joined``: whether each point is joined with that
    beside it, and not with zero; ``right``: the room that is left free there, in pixels;
    ``least``: the number that the scale has at least, so that a share of nearly nobody is not drawn as large.
    """
    sketch = Sketch(width)
    if names is not None:
        top += draw_key(sketch, *names)
    room = max(lane.room for lane in lanes) + GAP + right
    placed = laid_out(sketch, [lane.label for lane in lanes], top, room=room)
    at = from_zero([(lane.end, lane.room + GAP + _REACH) for lane in lanes], placed.left, width - right, least)
    for lane, middle in zip(lanes, placed.middles, strict=True):
        if are_points:
            start = lane.beside if are_joined and lane.beside is not None else 0.0
            sketch.rule((at(start), middle), (at(lane.value), middle), lane.colour if are_joined else LINE)
        _mark(sketch, lane, at, middle, is_point=are_points)
        x = at(lane.end) + GAP + (_REACH if lane.beside == lane.end else 0)
        for text, colour in lane.said:
            sketch.text(x, middle, text, colour)
            x += text_width(text) + GAP
    placed.draw_start(sketch)
    return sketch, placed


def _mark(sketch: Sketch, lane: Lane, at: Scale, y: float, *, is_point: bool) -> None:
    if not is_point:
        tint = _TINT if lane.interval else 1.0
        sketch.rectangle((at(0), y - _HALF, at(lane.value), y + _HALF), lane.colour, opacity=tint, outline=lane.colour)
    if lane.interval:
        sketch.whisker(at(lane.interval[0]), at(lane.interval[1]), y, lane.colour if is_point else INK)
    if is_point:
        sketch.point((at(lane.value), y), lane.colour)
    if lane.beside is not None:
        sketch.point((at(lane.beside), y), SOFT, is_hollow=True, size=_RING)


def names_of(answer: Answer, beside: Answer | None) -> tuple[str, str] | None:
    """Return the names of both answers, for the key."""
    return difference(answer, beside) if beside else None
