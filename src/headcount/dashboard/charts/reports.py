"""A bar for each row, as long as its number of reports, which no installation is known of."""

from __future__ import annotations

import altair as alt

from headcount.dashboard.charts._style import BLUE, height, labelled, labels
from headcount.questions import Answer


def draw(answer: Answer) -> alt.Chart:
    """Draw the reports of all rows."""
    rows = answer.rows
    chart: alt.Chart = (
        alt.Chart(labelled(answer, rows))
        .mark_bar(color=BLUE)
        .encode(
            x=alt.X("reports:Q", title="reports"),
            y=labels("label"),
            tooltip=[alt.Tooltip("label:N"), alt.Tooltip("reports:Q", format=",")],
        )
    )
    return chart.properties(height=height(rows))
