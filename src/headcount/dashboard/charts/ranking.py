"""A bar for each row, as long as a share."""

from __future__ import annotations

import altair as alt

from headcount.dashboard.charts._style import BLUE, height, labelled, labels, shares
from headcount.questions import Answer


def draw(answer: Answer, field: str, title: str = "") -> alt.Chart:
    """Draw the column ``field`` of all rows; ``title``: of its axis, where it is no share."""
    rows = answer.rows
    axis = alt.X(f"{field}:Q", title=title) if title else shares(f"{field}:Q", field, answer, rows)
    chart: alt.Chart = (
        alt.Chart(labelled(answer, rows))
        .mark_bar(color=BLUE)
        .encode(
            x=axis,
            y=labels("label"),
            tooltip=[
                alt.Tooltip("label:N"),
                alt.Tooltip("installations:Q", format=","),
                alt.Tooltip(f"{field}:Q", format=".1f" if title else ".1%"),
            ],
        )
    )
    return chart.properties(height=height(rows))
