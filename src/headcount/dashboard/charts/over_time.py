"""A bar for each period, and a part of it in a full colour; what is not finished is hatched.

Of a publication the new ones are left out: it counts who was seen on two days, as newcomers of the last months often were
not yet.
"""

from __future__ import annotations

from collections.abc import Mapping

from headcount.dashboard.charts._colours import ACCENT, SOFT
from headcount.dashboard.charts._lanes import linear
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._swatches import draw_swatches
from headcount.dashboard.charts._timeline import Timeline, draw_levels, is_cut, room_of, round_levels
from headcount.questions import Answer, Cell

_HEIGHT = 170.0  # pixels of the plot
_GAP = 0.25  # of a period that stays free between two bars
_TINT = 0.35


def draw(answer: Answer, beside: Answer | None, width: float) -> Sketch:
    """Draw the installations of each period, and those that are new; beside them those of another answer as points."""
    sketch = Sketch(width)
    periods = [str(row["period"]) for row in answer.rows]
    cut = [is_cut(answer, period) for period in periods]
    others = [int(row["installations"] or 0) for row in beside.rows] if beside else []
    names: list[tuple[str, str, float | None]] = [("seen", ACCENT, _TINT)]
    names += [] if answer.protected else [("of them new", ACCENT, 1.0)]
    names += [("not finished", ACCENT, None)] if any(cut) else []
    top = draw_swatches(sketch, names, "before" if others else "")
    counts = [int(row["installations"] or 0) for row in answer.rows]
    levels = [(level, f"{level:,.0f}") for level in round_levels(max(*counts, *others, 4))]
    timeline = Timeline(periods, room_of([text for _, text in levels]), width - 1, is_at_ends=False)
    bottom = top + 8 + _HEIGHT
    at = linear(0, levels[-1][0], bottom, top + 8)
    draw_levels(sketch, [(at(level), text) for level, text in levels], timeline.left, timeline.right)
    half = timeline.step * (1 - _GAP) / 2
    for number, (row, count) in enumerate(zip(answer.rows, counts, strict=True)):
        if row["installations"] is None:  # of a publication: fewer than are said
            continue
        middle = timeline.place(number)
        left, right = middle - half, middle + half
        if cut[number]:
            sketch.hatched((left, at(count), right, bottom), ACCENT)
        else:
            outline = ACCENT if half > 1 else None
            tint = _TINT if outline else 1.0
            sketch.rectangle((left, at(count), right, bottom), ACCENT, opacity=tint, outline=outline)
            if not answer.protected:
                sketch.rectangle((left, at(int(row["new"] or 0)), right, bottom), ACCENT)
    for number, count in enumerate(others[-len(periods) :], start=max(len(periods) - len(others), 0)):
        sketch.point((timeline.place(number), at(count)), SOFT, is_hollow=True, size=40)
    timeline.draw_axis(sketch, bottom)
    return sketch


def tell(answer: Answer, _: Answer | None) -> str:
    """Return how many were seen in the last period that is over."""
    over = [row for row in answer.rows if not is_cut(answer, str(row["period"]))]
    if not over:
        last = answer.rows[-1]
        return f"Installations seen in each period: in {last['period']}, which is not over, {_said(answer, last)}."
    last = over[-1]
    most = max(over, key=lambda row: int(row["installations"] or 0))
    new = "" if answer.protected else f", {_said(answer, last, 'new')} of them for the first time"
    return (
        f"Installations seen in each period: {_said(answer, last)} in {last['period']}{new}; "
        f"most in {most['period']}, {_said(answer, most)}."
    )


def _said(answer: Answer, row: Mapping[str, Cell | None], column: str = "installations") -> str:
    """Return a count; of a publication, fewer than k where it is not said."""
    return answer.cell(column, row[column])
