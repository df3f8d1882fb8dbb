"""A share now and before, or beside another one, each with its interval."""

from __future__ import annotations

from headcount.dashboard.charts._colours import ACCENT, SOFT
from headcount.dashboard.charts._lanes import Label, laid_out, linear
from headcount.dashboard.charts._shares import Lane
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._text import text_width
from headcount.dashboard.charts._timeline import round_levels
from headcount.dashboard.charts._words import difference, of_whom
from headcount.questions import Answer, interval

_LEAST = 0.1  # the largest number of the scale at the least
_PITCH = 38.0  # pixels of a lane
_YEAR = (365, 366)  # days


def draw(answer: Answer, beside: Answer | None, width: float) -> Sketch:
    """Draw each share as a point on its interval, with the number above it, on a scale from zero."""
    lanes = _lanes(answer, beside)
    sketch = Sketch(width)
    placed = laid_out(sketch, [lane.label for lane in lanes], pitch=_PITCH)
    levels = round_levels(min(1.0, max(_LEAST, *(2 * lane.end for lane in lanes))))
    names = [f"{round(100 * level, 1):g}%" for level in levels]
    at = linear(0, levels[-1], max(placed.left, text_width(names[0]) / 2), width - text_width(names[-1]) / 2)
    for level, name in zip(levels, names, strict=True):
        for start, end in placed.spans:
            sketch.level((at(level), start), (at(level), end))
        sketch.text(at(level), placed.bottom + 10, name, SOFT, "center")
    sketch.height = placed.bottom + 18
    for lane, middle in zip(lanes, placed.middles, strict=True):
        y = middle + 5
        if lane.interval:
            sketch.whisker(at(lane.interval[0]), at(lane.interval[1]), y, lane.colour, half=4)
        sketch.point((at(lane.value), y), lane.colour, size=70)
        half = text_width(lane.number) / 2
        sketch.text(max(at(lane.value), placed.left + half + 2), y - 14, lane.number, align="center")
    return sketch


def tell(answer: Answer, beside: Answer | None) -> str:
    """Return each share with its interval."""
    said = [
        f"{lane.label.text}{' ' + lane.label.soft if lane.label.soft else ''} {lane.number}"
        + (f" ({lane.interval[0]:.1%} to {lane.interval[1]:.1%})" if lane.interval else "")
        for lane in _lanes(answer, beside)
    ]
    return f"{'; '.join(said)}. {of_whom(answer)}".rstrip().capitalize()


def _lanes(answer: Answer, beside: Answer | None) -> list[Lane]:
    lanes = [_lane(answer, Label("now"), ACCENT)]
    year = answer.tables.get("year")
    if beside is not None:
        lanes.append(_lane(beside, _named(answer, beside), SOFT))
    elif year is not None and year.rows and year.denominator:  # the year up to the end of the last quarter
        row = year.rows[0]
        share = float(row["share"] or 0)
        ends = interval(round(share * year.denominator), year.denominator)
        lanes.append(Lane(Label(str(row["before"])), share, f"{share:.1%}", ends, colour=SOFT))
    return lanes


def _named(answer: Answer, beside: Answer) -> Label:
    """Return what tells a share from that of now; a year before it is called so, with its day."""
    name = difference(answer, beside)[1]
    is_year = name == str(beside.until) and (answer.until - beside.until).days in _YEAR
    return Label("a year ago", name) if is_year else Label(name)


def _lane(answer: Answer, label: Label, colour: str) -> Lane:
    row = answer.rows[0]
    share = float(row["share"] or 0)
    low, high = row.get("low"), row.get("high")
    ends = None if low is None or high is None else (float(low), float(high))
    return Lane(label, share, f"{share:.1%}", ends, colour=colour)
