"""Charts with lines: a share between its two bounds, and a rate over months."""

from __future__ import annotations

from typing import Any

import altair as alt

from headcount.questions import Answer

LOWER, UPPER = "#2f6fab", "#e08a2c"


def bounds(answer: Answer) -> alt.LayerChart | alt.FacetChart:
    """The lower bound and the upper one of a share, by days."""
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
    lower = base.mark_line(color=LOWER, point=True).encode(y=alt.Y("share:Q", title=title, axis=axis))
    return alt.layer(lower, base.mark_line(color=UPPER, point=True).encode(y="upper:Q"))


def rates(answer: Answer) -> alt.Chart:
    """The part of those seen in each period, over time."""
    rows: list[dict[str, Any]] = [dict(row) for row in answer.rows]
    made: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(color=LOWER, point=True)
        .encode(
            x=alt.X("period:O", title=None),
            y=alt.Y("rate:Q", title="share of those seen in the month", axis=alt.Axis(format="%")),
            tooltip=[
                alt.Tooltip("period:O"),
                alt.Tooltip("installations:Q", format=","),
                alt.Tooltip("seen:Q", format=","),
                alt.Tooltip("rate:Q", format=".1%"),
            ],
        )
    )
    return made
