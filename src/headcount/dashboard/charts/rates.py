"""A line for the part of those seen in each period, over time."""

from __future__ import annotations

from headcount.dashboard._words import percent
from headcount.dashboard.charts import over_periods
from headcount.dashboard.charts._sketch import Sketch
from headcount.questions import Answer


def draw(answer: Answer, beside: Answer | None, width: float) -> Sketch:
    """Draw the share of each period."""
    return over_periods.draw(answer, beside, width)


def tell(answer: Answer, _: Answer | None) -> str:
    """Return the first and the last share that is known."""
    known = [row for row in answer.rows if row["share"] is not None]
    if not known:
        return "Of those seen in each month: not known."
    first, last = known[0], known[-1]
    return (
        f"Of those seen in each period: from {percent(float(first['share'] or 0))} in {first['period']} "
        f"to {percent(float(last['share'] or 0))} in {last['period']}."
    )
