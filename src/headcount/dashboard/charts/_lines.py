"""The plot of lines over periods: levels, axis, events, what is unfinished, and the name of each line at its end."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from headcount.dashboard.charts._colours import ACCENT, LINE, SOFT
from headcount.dashboard.charts._lanes import Scale, linear
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._text import LEADING, spread, text_width, wrapped
from headcount.dashboard.charts._timeline import Event, Timeline, draw_levels, room_of

_HEIGHT = 190.0  # pixels of the plot
_SWATCH = 18.0  # pixels that the mark of a remark takes
_LEADER = 16.0  # pixels between the end of a line and its name
_NAMES = 0.38  # of the width that the names take at most


@dataclasses.dataclass(frozen=True)
class Line:
    """A line: its name, and its values at the ends of the periods, None where none is known."""

    name: str
    values: Sequence[float | None]
    colour: str = ACCENT
    is_dashed: bool = False
    width: float = 2.0
    is_named: bool = True


@dataclasses.dataclass(frozen=True)
class Plot:
    """What a chart over periods has beside its lines.

    ``levels``: the value and the name of each line across; ``cut``: whether the first and the last period are unfinished;
    ``remembered``: how many of the last periods still count who left, with the sentence that says so; ``events``: what
    happened in these periods; ``area``: under which line there is an area; ``note``: what is said below.
    """

    periods: Sequence[str]
    levels: Sequence[tuple[float, str]]
    cut: tuple[bool, bool]
    remembered: int = 0
    remark: str = ""
    events: Sequence[Event] = ()
    area: Line | None = None
    note: str = ""


def draw_lines(width: float, plot: Plot, lines: Sequence[Line], height: float = _HEIGHT) -> Sketch:
    """Draw lines, each with its name at its end."""
    sketch = Sketch(width)
    named = [line for line in lines if line.is_named]
    names = [wrapped(line.name, _NAMES * width) for line in named]
    left = room_of([text for _, text in plot.levels])
    right = width - _LEADER - max((text_width(text) for each in names for text in each), default=-_LEADER)
    timeline = Timeline(plot.periods, left, right, is_at_ends=True)
    room = Sketch(width)
    top = timeline.draw_events(room, plot.events, 0)
    gap = LEADING * max(map(len, names), default=1)
    bottom = top + max(height, gap * len(named))
    inset = (gap - LEADING) / 2
    timeline.draw_events(sketch, plot.events, bottom)
    at = linear(plot.levels[0][0], plot.levels[-1][0], bottom, top)
    draw_levels(sketch, [(at(level), text) for level, text in plot.levels], left, right)
    timeline.draw_axis(sketch, bottom)
    _draw_memory(sketch, timeline, plot, top, bottom)
    for text in wrapped(plot.note, width - left) if plot.note else []:
        sketch.text(left, sketch.height + 7, text, SOFT)
        sketch.height += LEADING
    if plot.area is not None:
        known = [(timeline.place(n), at(value), at(0)) for n, value in enumerate(plot.area.values) if value is not None]
        sketch.area(known, plot.area.colour, 0.2)
    for line in lines:
        _draw_line(sketch, timeline, at, line, plot.cut)
    ends = [at(next(value for value in reversed(line.values) if value is not None)) for line in named]
    for line, texts, end, y in zip(named, names, ends, spread(ends, top + inset, bottom - inset, gap), strict=True):
        sketch.rule((right, end), (right + _LEADER - 4, y), line.colour)
        for number, text in enumerate(texts):
            sketch.text(right + _LEADER, y + LEADING * (number - (len(texts) - 1) / 2), text)
    return sketch


def _draw_line(sketch: Sketch, timeline: Timeline, at: Scale, line: Line, cut: tuple[bool, bool]) -> None:
    """Draw a line, with gaps where nothing is known, and dashes to what is not finished."""
    places = [None if value is None else (timeline.place(n), at(value)) for n, value in enumerate(line.values)]
    parts: list[list[tuple[float, float]]] = [[]]
    for place in places:
        if place is None:
            parts.append([])
        else:
            parts[-1].append(place)
    for number, part in enumerate(filter(None, parts)):
        body = part
        if cut[1] and number == sum(map(bool, parts)) - 1 and len(part) > 1:
            sketch.line(part[-2:], line.colour, line.width, dashed=True)
            body = part[:-1]
        if len(body) > 1:
            sketch.line(body, line.colour, line.width, dashed=line.is_dashed)
    last = next((place for place in reversed(places) if place is not None), None)
    if last is not None:
        sketch.point(last, line.colour, is_hollow=cut[1] or line.is_dashed, size=30)


def _draw_memory(sketch: Sketch, timeline: Timeline, plot: Plot, top: float, bottom: float) -> None:
    """Draw a ground under the last periods, and below the axis what it says."""
    if not plot.remembered:
        return
    start = timeline.place(max(len(plot.periods) - plot.remembered, 0)) - timeline.step / 2
    sketch.rectangle((max(start, timeline.left), top, timeline.right, bottom), LINE, opacity=0.45)
    y = sketch.height + 8
    lines = wrapped(plot.remark, sketch.width - timeline.left - _SWATCH)
    sketch.rectangle((timeline.left, y - 5, timeline.left + 12, y + 5), LINE, opacity=0.45, outline=SOFT)
    for number, line in enumerate(lines):
        sketch.text(timeline.left + _SWATCH, y + LEADING * number, line, SOFT)
    sketch.height = y + LEADING * len(lines) - 7
