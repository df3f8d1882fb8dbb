"""A line of which share has no more than so many, on a scale of tenfold steps, with rules at quantiles."""

from __future__ import annotations

import re

from headcount.dashboard._words import percent
from headcount.dashboard.charts import ranking
from headcount.dashboard.charts._colours import ACCENT, SOFT
from headcount.dashboard.charts._lanes import linear
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._text import LEADING, wrapped
from headcount.dashboard.charts._timeline import draw_levels, room_of
from headcount.dashboard.charts._words import difference, of_whom
from headcount.dashboard.charts.quantiles import draw_tens, logarithmic
from headcount.questions import Answer, interval, listed

_LEVELS = [(part, f"{part:.0%}") for part in (0.0, 0.1, 0.5, 0.9)]
_HEIGHT = 180.0  # pixels of the plot
_NUMBER = re.compile(r"\d+")


def draw(answer: Answer, beside: Answer | None, width: float) -> Sketch:
    """Draw the share that has up to the greatest number of each band; beside it dashed. Of a publication, bars."""
    if not _is_known(answer):
        return ranking.draw(answer, beside, width)
    sketch = Sketch(width)
    steps = _steps(answer)
    others = _steps(beside) if beside and _is_known(beside) else []
    most = max(number for number, _ in [*steps, *others, (10, 0.0)])
    top, bottom = 10.0, 10.0 + _HEIGHT
    left, right = room_of([text for _, text in _LEVELS] + ["99%"]), width - 10
    at, y_at = logarithmic(most, left + 10, right), linear(0, 1, bottom, top)
    draw_tens(sketch, most, at, top, bottom)
    draw_levels(sketch, [(y_at(part), text) for part, text in [*_LEVELS, (0.99, "99%")]], left, right)
    if others:
        sketch.line([(at(number), y_at(part)) for number, part in others], SOFT, 1.5, dashed=True)
    places = [(at(number), y_at(part)) for number, part in steps]
    sketch.line(places, ACCENT)
    for place in places:
        sketch.point(place, ACCENT, size=24)
    for (x, _), (_, part) in zip(places, steps, strict=True):
        if answer.has_intervals and answer.denominator:
            low, high = interval(round(part * answer.denominator), answer.denominator)
            sketch.rule((x, y_at(low)), (x, y_at(high)), ACCENT, 1.5)
    what = f"no more than so many {answer.by}"
    if others and beside:
        full, dashed = difference(answer, beside)
        what = f"{what}; line: {full}, dashed: {dashed}"
    y = sketch.height + 7
    for line in wrapped(what, width - left):
        sketch.text(left, y, line, SOFT)
        y += LEADING
    sketch.height = y - 6
    return sketch


def tell(answer: Answer, beside: Answer | None) -> str:
    """Return which shares have how many at most."""
    if not _is_known(answer):
        return ranking.tell(answer, beside)
    steps = _steps(answer)
    wanted = [next((step for step in steps if step[1] >= part), None) for part in (0.5, 0.9)]
    said = [f"{percent(step[1])} have up to {step[0]:,} {answer.by}" for step in dict.fromkeys(wanted) if step]
    return f"Of the installations {listed(said)}. {of_whom(answer)}".rstrip()


def _is_known(answer: Answer) -> bool:
    """Whether each band has its share, which of a publication is not so."""
    return not answer.protected and len(answer.rows) > 1


def _steps(answer: Answer) -> list[tuple[int, float]]:
    """Return the greatest number of each band that has one, and the share that has no more."""
    found, total = [], 0.0
    for row in answer.rows:
        total = min(total + float(row["share"] or 0), 1.0)
        numbers = _NUMBER.findall(str(row["band"]))
        if not str(row["band"]).startswith("more"):
            found.append((int(numbers[-1]), total))
    return found
