"""A line for the lower bound of a share and one for the upper, by days."""

from __future__ import annotations

import altair as alt

from headcount.dashboard.charts._style import BLUE, ORANGE
from headcount.questions import Answer


def draw(answer: Answer) -> alt.LayerChart | alt.FacetChart:
    """Draw both bounds over the days since a release."""
    rows = [dict(row) for row in answer.rows]
    tooltip = [
        alt.Tooltip("days:Q", format=","),
        alt.Tooltip("installations:Q", format=","),
        alt.Tooltip("share:Q", format=".1%"),
        alt.Tooltip("upper:Q", format=".1%"),
        alt.Tooltip("silent:Q", format=","),
    ]
    x = alt.X("days:Q", title="days since the release")
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=x, tooltip=tooltip)
    title = "share that upgraded: the silent counted as not (blue), or left out (orange)"
    axis = alt.Axis(format="%")
    lower = base.mark_line(color=BLUE, point=True).encode(y=alt.Y("share:Q", title=title, axis=axis))
    return alt.layer(lower, base.mark_line(color=ORANGE, point=True).encode(y="upper:Q"))
