"""A line for the least that a share can be and one for the most, by days, and an estimate between them."""

from __future__ import annotations

import altair as alt

from headcount.dashboard.charts._style import BLUE, ORANGE
from headcount.questions import Answer


def draw(answer: Answer) -> alt.LayerChart | alt.FacetChart:
    """Draw both worst cases and the estimate over the days since a release."""
    rows = [dict(row) for row in answer.rows]
    tooltip = [
        alt.Tooltip("days:Q", format=","),
        alt.Tooltip("installations:Q", format=","),
        alt.Tooltip("share:Q", format=".1%"),
        alt.Tooltip("most:Q", format=".1%"),
        alt.Tooltip("estimate:Q", format=".1%"),
        alt.Tooltip("silent:Q", format=","),
    ]
    x = alt.X("days:Q", title="days since the release")
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=x, tooltip=tooltip)
    title = "share that has reached it: at least (blue), at most (orange), an estimate (dashed)"
    axis = alt.Axis(format="%")
    least = base.mark_line(color=BLUE, point=True).encode(y=alt.Y("share:Q", title=title, axis=axis))
    most = base.mark_line(color=ORANGE, point=True).encode(y="most:Q")
    return alt.layer(least, most, base.mark_line(color=BLUE, strokeDash=[4, 4]).encode(y="estimate:Q"))
