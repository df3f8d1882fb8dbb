"""A bar for each row, as long as a share."""

from __future__ import annotations

import altair as alt

from headcount.dashboard.charts._style import BLUE, height, labelled, labels, shares
from headcount.questions import Answer


def draw(answer: Answer, field: str) -> alt.Chart:
    """Draw the share in the column ``field``, of all rows."""
    rows = answer.rows
    chart: alt.Chart = (
        alt.Chart(labelled(answer, rows))
        .mark_bar(color=BLUE)
        .encode(
            x=shares(f"{field}:Q", field, answer, rows),
            y=labels("label"),
            tooltip=[
                alt.Tooltip("label:N"),
                alt.Tooltip("installations:Q", format=","),
                alt.Tooltip(f"{field}:Q", format=".1%"),
            ],
        )
    )
    return chart.properties(height=height(rows))
