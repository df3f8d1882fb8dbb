"""A band between the least and the most that a share can be, by days, with an estimate between them."""

from __future__ import annotations

from headcount.dashboard._words import percent
from headcount.dashboard.charts._colours import ACCENT, INK, SOFT
from headcount.dashboard.charts._lanes import linear
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._text import LEADING, spread, text_width, wrapped
from headcount.dashboard.charts._timeline import draw_levels, room_of
from headcount.dashboard.charts._words import difference, of_whom
from headcount.questions import Answer

_LEVELS = [(part, f"{part:.0%}") for part in (0.0, 0.25, 0.5, 0.75, 1.0)]
_DAYS = (0, 90, 180, 365, 540, 730, 1095, 1460, 1825, 2555, 3650)
_HEIGHT = 180.0  # pixels of the plot
_LEADER = 14.0  # pixels between the end of a line and its name
_COLUMNS = (("most", "at most"), ("estimate", "estimate"), ("share", "at least"))


def draw(answer: Answer, beside: Answer | None, width: float) -> Sketch:
    """Draw both worst cases and the estimate over the days since a release; another answer below it, over the same days."""
    answers = [answer, *([beside] if beside else [])]
    days = max(int(row["days"] or 0) for each in answers for row in each.rows)
    sketch = Sketch(width)
    for number, each in enumerate(answers):
        title = f"{each.by}, {difference(answer, beside)[number]}" if beside else ""
        _draw_panel(sketch, each, max(days, 1), title if not beside or answer.by == beside.by else each.by)
    return sketch


def tell(answer: Answer, beside: Answer | None) -> str:
    """Return between which shares the truth is on the last day, and what the estimate is."""
    return " ".join(f"{_told(each)}" for each in [answer, *([beside] if beside else [])])


def _told(answer: Answer) -> str:
    last = answer.rows[-1]
    least, most, estimate = (percent(float(last[name] or 0)) for name in ("share", "most", "estimate"))
    return (
        f"{int(last['days'] or 0):,} days after {answer.by} at least {least} and at most {most} had reached it; "
        f"the estimate is {estimate}. {of_whom(answer)}"
    ).rstrip()


def _draw_panel(sketch: Sketch, answer: Answer, days: int, title: str) -> None:
    """Draw an answer below what is there."""
    start = sketch.height + (12 if sketch.height else 0)
    if title:
        for line in wrapped(title, sketch.width):
            sketch.text(0, start + 8, line, INK)
            start += LEADING
        start += LEADING / 3
    top, bottom = start + 8, start + 8 + _HEIGHT
    left = room_of([text for _, text in _LEVELS])
    last = answer.rows[-1]
    names = [f"{name} {percent(float(last[column] or 0))}" for column, name in _COLUMNS]
    right = sketch.width - _LEADER - max(map(text_width, names))
    x_at, y_at = linear(0, days, left, right), linear(0, 1, bottom, top)
    draw_levels(sketch, [(y_at(level), text) for level, text in _LEVELS], left, x_at(int(last["days"] or 0)))
    sketch.rule((left, bottom), (right, bottom), SOFT)
    beyond = -1e9
    for day in _DAYS:
        half = text_width(f"{day:,}") / 2
        if day <= days and x_at(day) - half > beyond:
            beyond = x_at(day) + half + 8
            sketch.rule((x_at(day), bottom), (x_at(day), bottom + 4), SOFT)
            sketch.text(x_at(day), bottom + 13, f"{day:,}", SOFT, "center")
    sketch.text(left, bottom + 30, "days since the release", SOFT)
    sketch.height = bottom + 38
    rows = [
        (x_at(int(row["days"] or 0)), *(y_at(float(row[name] or 0)) for name, _ in _COLUMNS)) for row in answer.rows
    ]
    sketch.area([(x, most, least) for x, most, _, least in rows], ACCENT, 0.22)
    sketch.line([(x, most) for x, most, _, _ in rows], ACCENT, 1.5)
    sketch.line([(x, estimate) for x, _, estimate, _ in rows], INK, 1.5, dashed=True)
    sketch.line([(x, least) for x, _, _, least in rows], ACCENT, 2.5)
    end, *places = rows[-1]
    for name, place, y in zip(names, places, spread(places, top, bottom), strict=True):
        sketch.rule((end + 1, place), (end + _LEADER - 3, y), SOFT)
        sketch.text(end + _LEADER, y, name)
