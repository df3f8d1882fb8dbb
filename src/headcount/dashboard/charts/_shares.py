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
_INSET = 8.0  # pixels between the labels and zero, where points may be, so that none touches a label
_RING = 90.0  # square pixels: of a hollow point, which stands out around a full one
_TINT = 0.35  # of a bar on which an interval lies, which must stand out from it


@dataclasses.dataclass(frozen=True)
class Lane:
    """A lane: its value, the ends of its interval where it has one, and the value beside it.

    ``number`` and ``remark`` stand behind the mark; ``before`` is the number of the value beside it.
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
    def said(self) -> tuple[tuple[str, str], ...]:
        """What is written of it, each text with its colour; a text may be empty."""
        return (self.number, INK), (f"({self.before})" if self.before else "", SOFT), (self.remark, self.colour)


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

    A number stands behind its mark; where a lane has two marks, both numbers stand in columns at the right instead, since
    beside the one that is further right the other's would be taken for its own.
    """
    sketch = Sketch(width)
    if names is not None:
        top += draw_key(sketch, *names)
    columns = _columns(lanes) if names is not None else []
    behind = [0.0 if columns else _room(lane) + GAP for lane in lanes]
    right += sum(column + GAP for column in columns if column)
    inset = _INSET if are_points or names is not None else 0.0
    placed = laid_out(sketch, [lane.label for lane in lanes], top, room=max(behind) + right + inset)
    placed = dataclasses.replace(placed, left=placed.left + inset)
    ends = [(lane.end, room + _REACH) for lane, room in zip(lanes, behind, strict=True)]
    at = from_zero(ends, placed.left, width - right, least)
    for lane, middle in zip(lanes, placed.middles, strict=True):
        if are_points:
            start = lane.beside if are_joined and lane.beside is not None else 0.0
            sketch.rule((at(start), middle), (at(lane.value), middle), lane.colour if are_joined else LINE)
        _mark(sketch, lane, at, middle, is_point=are_points)
        if columns:
            _write_columns(sketch, lane, columns, width - right, middle)
        else:
            _write_behind(sketch, lane, at(lane.end) + GAP, middle)
    placed.draw_start(sketch)
    return sketch, placed


def _columns(lanes: Sequence[Lane]) -> list[float]:
    """Return how wide each column is of what is written of lanes; 0 where nothing is."""
    return [
        max(map(text_width, texts)) for texts in zip(*([text for text, _ in lane.said] for lane in lanes), strict=True)
    ]


def _room(lane: Lane) -> float:
    """Return how wide what is written behind a mark is."""
    return sum(text_width(text) + GAP for text, _ in lane.said if text) - GAP


def _write_columns(sketch: Sketch, lane: Lane, columns: Sequence[float], x: float, y: float) -> None:
    for (text, colour), column in zip(lane.said, columns, strict=True):
        if column:
            x += GAP + column
        if text:
            sketch.text(x, y, text, colour, "right")


def _write_behind(sketch: Sketch, lane: Lane, x: float, y: float) -> None:
    for text, colour in lane.said:
        if text:
            sketch.text(x, y, text, colour)
            x += text_width(text) + GAP


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
