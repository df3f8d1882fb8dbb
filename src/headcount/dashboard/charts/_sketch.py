"""A sketch: rectangles, lines, points and texts at their places, as a Vega-Lite specification.

A kind of chart says what stands where, in pixels from the upper left, so that no text is cut and none lies on another in
whatever font it is read: Vega would place labels by the fonts of the machine that draws. The specification is written as it
stands, since Altair, which checks it against a schema, takes ten times as long as drawing it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from headcount.dashboard.charts._colours import INK, LINE, SOFT
from headcount.dashboard.charts._text import LEADING, SIZE, text_width, wrapped

Align = Literal["left", "center", "right"]
Place = tuple[float, float]
Box = tuple[float, float, float, float]
Datum = dict[str, Any]

_SOLID: list[int] = []
_MARGIN = 20.0  # pixels around a chart that stands alone
_HATCH = 5  # pixels between two slanting lines
_FONT = "system-ui, sans-serif"


@dataclasses.dataclass(frozen=True)
class Words:
    """A text at its place: ``x`` is its left end, middle or right end, and ``y`` the middle of its line."""

    x: float
    y: float
    text: str
    colour: str
    align: Align
    size: float = SIZE

    @property
    def box(self) -> Box:
        """Where it lies at most: left, top, right, bottom."""
        width = text_width(self.text, self.size)
        left = self.x - {"left": 0.0, "center": width / 2, "right": width}[self.align]
        return left, self.y - self.size / 2, left + width, self.y + self.size / 2


@dataclasses.dataclass
class Sketch:
    """Collects marks. Those of one sort lie on each other in the order in which they came; texts lie on all."""

    width: float
    height: float = 0.0
    grid: list[Datum] = dataclasses.field(default_factory=list)
    rectangles: list[Datum] = dataclasses.field(default_factory=list)
    rules: list[Datum] = dataclasses.field(default_factory=list)
    areas: list[Datum] = dataclasses.field(default_factory=list)
    lines: list[Datum] = dataclasses.field(default_factory=list)
    points: list[Datum] = dataclasses.field(default_factory=list)
    texts: list[Words] = dataclasses.field(default_factory=list)

    def rectangle(self, box: Box, colour: str, *, opacity: float = 1.0, outline: str | None = None) -> None:
        """Add a rectangle by its left, top, right and bottom; ``outline``: its colour."""
        left, top, right, bottom = map(_rounded, box)
        self.rectangles.append(
            {
                "x": left,
                "y": top,
                "x2": right,
                "y2": bottom,
                "fill": colour,
                "fillOpacity": float(opacity),
                "stroke": outline,
            }
        )

    def hatched(self, box: Box, colour: str) -> None:
        """Add an outlined rectangle with slanting lines in it: what is not finished."""
        left, top, right, bottom = box
        self.rectangle(box, colour, opacity=0.0, outline=colour)
        for number in range(1, int((right - left + bottom - top) // _HATCH) + 1):
            along = number * _HATCH  # of the upper left corner: where the line leaves the left or the lower side
            below, beside = min(along, bottom - top), min(along, right - left)
            self.rule((left + along - below, top + below), (left + beside, top + along - beside), colour)

    def rule(self, start: Place, end: Place, colour: str, width: float = 1.0, *, dashed: bool = False) -> None:
        """Add a straight line."""
        (x, y), (x2, y2) = start, end
        self.rules.append(
            {
                "x": _rounded(x), "y": _rounded(y), "x2": _rounded(x2), "y2": _rounded(y2), "stroke": colour,
                "strokeWidth": float(width), "strokeDash": [3, 3] if dashed else _SOLID,
            }
        )  # fmt: skip

    def level(self, start: Place, end: Place) -> None:
        """Add a straight line under all marks, by which the eye finds a number of the scale."""
        self.rule(start, end, LINE)
        self.grid.append(self.rules.pop())

    def line(self, places: Sequence[Place], colour: str, width: float = 2.0, *, dashed: bool = False) -> None:
        """Add a line through places, from left to right."""
        name = f"{len(self.lines)}"
        self.lines += [
            {
                "x": _rounded(x), "y": _rounded(y), "detail": name, "stroke": colour, "strokeWidth": float(width),
                "strokeDash": [5, 3] if dashed else _SOLID,
            }
            for x, y in places
        ]  # fmt: skip

    def area(self, places: Sequence[tuple[float, float, float]], colour: str, opacity: float) -> None:
        """Add an area between two lines: places, each an x and two y."""
        name = f"{len(self.areas)}"
        self.areas += [
            {
                "x": _rounded(x),
                "y": _rounded(y),
                "y2": _rounded(y2),
                "detail": name,
                "fill": colour,
                "fillOpacity": float(opacity),
            }
            for x, y, y2 in places
        ]

    def point(self, place: Place, colour: str, *, is_hollow: bool = False, size: float = 56.0) -> None:
        """Add a round point; ``size``: its area in square pixels."""
        x, y = place
        self.points.append(
            {
                "x": _rounded(x), "y": _rounded(y), "stroke": colour, "fill": colour,
                "fillOpacity": 0.0 if is_hollow else 1.0, "size": float(size),
            }
        )  # fmt: skip

    def text(self, x: float, y: float, text: str, colour: str = INK, align: Align = "left") -> None:
        """Add a text in the middle of whose line ``y`` is."""
        self.texts.append(Words(_rounded(x), _rounded(y), text, colour, align))

    def whisker(self, low: float, high: float, y: float, colour: str = INK, half: float = 3.0) -> None:
        """Add an interval: a horizontal rule between two ends."""
        self.rule((low, y), (high, y), colour, 1.5)
        for x in (low, high):
            self.rule((x, y - half), (x, y + half), colour, 1.5)

    def framed(self, title: str, caption: str) -> Sketch:
        """Return it as it stands alone: with a title, a caption and a margin."""
        frame = Sketch(self.width + 2 * _MARGIN)
        frame.texts.append(Words(_MARGIN, _MARGIN + 8, title, INK, "left", 16.0))
        lines = wrapped(caption, self.width)
        for number, line in enumerate(lines):
            frame.text(_MARGIN, _MARGIN + 30 + LEADING * number, line, SOFT)
        down = _MARGIN + 40 + LEADING * len(lines)
        frame.height = down + self.height + _MARGIN
        moves = {"x": _MARGIN, "x2": _MARGIN, "y": down, "y2": down}
        for name in ("grid", "areas", "rectangles", "rules", "lines", "points"):
            moved = [
                {key: value + moves[key] if key in moves else value for key, value in datum.items()}
                for datum in getattr(self, name)
            ]
            getattr(frame, name).extend(moved)
        frame.texts += [dataclasses.replace(words, x=words.x + _MARGIN, y=words.y + down) for words in self.texts]
        return frame

    def spec(self, ground: str = "transparent") -> dict[str, Any]:
        """Return the specification in Vega-Lite 6, as JSON has it."""
        return {
            "width": self.width,
            "height": max(self.height, 1),
            "padding": 0,
            "autosize": "none",
            "background": ground,
            "config": {"aria": False, "font": _FONT, "view": {"stroke": None}},
            "layer": [_layer(data, mark) for data, mark in self._marks() if data],
        }

    def _marks(self) -> Sequence[tuple[Sequence[Datum], dict[str, Any]]]:
        texts = [
            {
                "x": words.x,
                "y": words.y,
                "text": words.text,
                "fill": words.colour,
                "align": words.align,
                "fontSize": words.size,
            }
            for words in self.texts
        ]
        return (
            (self.grid, {"type": "rule"}),
            (self.areas, {"type": "area"}),
            (self.rectangles, {"type": "rect"}),
            (self.rules, {"type": "rule"}),
            (self.lines, {"type": "line", "strokeJoin": "round"}),
            (self.points, {"type": "point", "opacity": 1, "strokeWidth": 1.5}),
            (
                texts,
                {
                    "type": "text",
                    "baseline": "middle",
                    "fontSize": {"expr": "datum.fontSize"},
                    "align": {"expr": "datum.align"},
                },
            ),
        )


def words_alone(text: str, width: float) -> Sketch:
    """Return a sketch that says why there is nothing to draw."""
    sketch = Sketch(width)
    lines = wrapped(text, width)
    for number, line in enumerate(lines):
        sketch.text(0, 10 + LEADING * number, line, SOFT)
    sketch.height = LEADING * len(lines) + 5
    return sketch


_CHANNELS = ("fill", "fillOpacity", "stroke", "strokeWidth", "strokeDash", "size")
"""The channels whose columns have their names, and are used as they stand."""


def _layer(data: Sequence[Datum], mark: Mapping[str, Any]) -> dict[str, Any]:
    """Return marks at the places of the data, in the order of it."""
    columns = data[0]
    encoding: dict[str, Any] = {
        name: {"field": name, "type": "quantitative", "scale": None, "axis": None, "stack": None} for name in ("x", "y")
    }
    encoding |= {name: {"field": name} for name in ("x2", "y2") if name in columns}
    encoding |= {
        name: {"field": name, "type": "quantitative" if isinstance(columns[name], float) else "nominal", "scale": None}
        for name in _CHANNELS
        if name in columns
    }
    encoding |= {name: {"field": name, "type": "nominal"} for name in ("detail", "text") if name in columns}
    return {"data": {"values": data}, "mark": mark, "encoding": encoding}


def _rounded(number: float) -> float:
    """Return a place to a tenth of a pixel."""
    return round(number, 1)
