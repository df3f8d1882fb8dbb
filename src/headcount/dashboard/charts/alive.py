"""A line of how many there were at the end of each period, over an area."""

from __future__ import annotations

from headcount.dashboard.charts._colours import SOFT
from headcount.dashboard.charts._lines import Line, Plot, draw_lines
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._timeline import events, is_cut, round_levels, span_of
from headcount.dashboard.charts._words import difference
from headcount.dashboard.charts.over_periods import REMARK, remembered
from headcount.questions import Answer


def draw(answer: Answer, beside: Answer | None, width: float) -> Sketch:
    """Draw the installations at the end of each period, from zero; beside it dashed."""
    names = difference(answer, beside) if beside else ("", "")
    line = _line(answer, names[0])
    lines = [line]
    if beside:
        other = _line(beside, names[1])
        size = len(line.values)
        values = [*([None] * max(size - len(other.values), 0)), *other.values[-size:]]
        lines.append(Line(other.name, values, SOFT, True, 1.5))
    periods = [str(row["period"]) for row in answer.rows]
    most = max(value or 0 for each in lines for value in each.values)
    plot = Plot(
        periods,
        [(level, f"{level:,.0f}") for level in round_levels(max(most, 4))],
        (is_cut(answer, periods[0]), is_cut(answer, periods[-1])),
        remembered(answer, periods),
        REMARK,
        events("", max(answer.since, span_of(periods[0])[0]), answer.until),
        line,
    )
    return draw_lines(width, plot, lines)


def tell(answer: Answer, beside: Answer | None) -> str:
    """Return how many there were at the first and the last period."""
    first, last = answer.rows[0], answer.rows[-1]
    was = f" Beside it, at the end: {int(beside.rows[-1]['installations'] or 0):,}." if beside else ""
    return (
        f"From {first['period']} to {last['period']}: from {int(first['installations'] or 0):,} "
        f"to {int(last['installations'] or 0):,} installations.{was}"
    )


def _line(answer: Answer, name: str) -> Line:
    values = [None if row["installations"] is None else float(row["installations"]) for row in answer.rows]
    last = next((value for value in reversed(values) if value is not None), 0.0)
    return Line(f"{name}: {last:,.0f}" if name else f"{last:,.0f}", values)
