"""A line for the part of those seen in each period, over time."""

from __future__ import annotations

from typing import Any

import altair as alt

from headcount.dashboard.charts._style import BLUE
from headcount.questions import Answer


def draw(answer: Answer) -> alt.Chart:
    """Draw the share of each period."""
    rows: list[dict[str, Any]] = [dict(row) for row in answer.rows]
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(color=BLUE, point=True)
        .encode(
            x=alt.X("period:O", title=None),
            y=alt.Y("share:Q", title="share of those seen in the month", axis=alt.Axis(format="%")),
            tooltip=[
                alt.Tooltip("period:O"),
                alt.Tooltip("installations:Q", format=","),
                alt.Tooltip("seen:Q", format=","),
                alt.Tooltip("share:Q", format=".1%"),
            ],
        )
    )
    return chart
