"""Half a table of pairs, with the lift of each in its cell, shaded by how far it is from 1."""

from __future__ import annotations

import math

from headcount.dashboard.charts._colours import ACCENT, DARKEST, INK, WARM
from headcount.dashboard.charts._lanes import Label
from headcount.dashboard.charts._rows import users_of
from headcount.dashboard.charts._shares import Lane, draw_lanes
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._swatches import draw_swatches
from headcount.dashboard.charts._text import text_width
from headcount.dashboard.charts._words import class_labels
from headcount.questions import Answer, listed

_LEAST = 27.0  # pixels: the side of a cell in which a number has room
_HEIGHT = 20.0  # pixels of a row
_FEWEST = 3  # classes of a table; of fewer, or where their names are too long, the pairs are listed
_LISTED = 10  # pairs
_FAR = 3.0  # doublings of the lift from which on a cell has the darkest shade
_TOLD = 3  # pairs


def draw(answer: Answer, _: Answer | None, width: float) -> Sketch:
    """Draw the lifts of those that most use, each name at the end of its row and the head of its column."""
    sketch = Sketch(width)
    users = users_of(answer)
    names = sorted(users, key=lambda name: (-users[name], name))
    labels = dict(zip(names, _labels(names), strict=True))
    while len(names) > _FEWEST and _side(labels, names, width) < _LEAST:
        names = names[:-1]
    if len(names) < _FEWEST or _side(labels, names, width) < _LEAST:
        return _draw_list(answer, width)
    side = min(_side(labels, names, width), 2 * _LEAST)
    top = draw_swatches(
        sketch, [("more often together than by chance", ACCENT, DARKEST), ("less often", WARM, DARKEST)]
    )
    places = {name: place for place, name in enumerate(names)}
    for name, place in places.items():
        sketch.text(side * place + 4, top + _HEIGHT * (place + 0.5), labels[name])
    for row in answer.rows:
        first, second = sorted(places.get(str(row[of]), -1) for of in ("plugin", "with"))
        if first < 0:
            continue
        lift = float(row["lift"] or 0)
        x, y = side * first, top + _HEIGHT * second
        shade = DARKEST * min(abs(math.log2(max(lift, 0.01))) / _FAR, 1)
        colour = ACCENT if lift >= 1 else WARM
        sketch.rectangle((x + 0.5, y + 0.5, x + side - 0.5, y + _HEIGHT - 0.5), colour, opacity=round(shade, 2))
        sketch.text(x + side / 2, y + _HEIGHT / 2, f"{lift:.1f}" if lift < 10 else f"{lift:,.0f}", INK, "center")
    sketch.height = top + _HEIGHT * len(names)
    return sketch


def _draw_list(answer: Answer, width: float) -> Sketch:
    """Draw the pairs with the greatest lift below each other."""
    lanes = [
        Lane(Label(f"{first} with {second}"), lift, f"{lift:.1f} times as often")
        for row in sorted(answer.rows, key=lambda row: -float(row["lift"] or 0))[:_LISTED]
        for lift in [float(row["lift"] or 0)]
        for first, second in [_labels([str(row["plugin"]), str(row["with"])])]
    ]
    return draw_lanes(width, lanes, least=1.0)[0]


def tell(answer: Answer, _: Answer | None) -> str:
    """Return the pairs with the greatest lift."""
    most = sorted(answer.rows, key=lambda row: -float(row["lift"] or 0))[:_TOLD]
    said = [
        f"{first} with {second} ({float(row['lift'] or 0):.1f} times)"
        for row in most
        for first, second in [_labels([str(row["plugin"]), str(row["with"])])]
    ]
    return f"Oftener together than by chance, of those that most use: {listed(said)}."


def _labels(names: list[str]) -> list[str]:
    return [
        f"{label.text} ({label.soft.rpartition('.')[2]})" if label.soft else label.text for label in class_labels(names)
    ]


def _side(labels: dict[str, str], names: list[str], width: float) -> float:
    """Return how wide cells may be, so that each name has room behind its row."""
    return min((width - 4 - text_width(labels[name])) / max(place, 1) for place, name in enumerate(names))
