"""A line for each thing that was counted at the end of each period."""

from __future__ import annotations

from typing import Any

import altair as alt

from headcount.dashboard.charts._rows import key_of
from headcount.questions import Answer


def draw(answer: Answer) -> alt.Chart:
    """Draw the share of each at the end of each period."""
    rows: list[dict[str, Any]] = [{"label": key_of(answer, row) or "all", **row} for row in answer.rows]
    labels = list(dict.fromkeys(row["label"] for row in rows))
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(point=True)
        .encode(
            x=alt.X("period:O", title=None),
            y=alt.Y("share:Q", title=f"share of those at the end of each {answer.over}", axis=alt.Axis(format="%")),
            color=alt.Color("label:N", sort=labels, title=None, legend=None if len(labels) < 2 else alt.Legend()),
            tooltip=[
                alt.Tooltip("period:O"),
                alt.Tooltip("label:N", title="of"),
                alt.Tooltip("installations:Q", format=","),
                alt.Tooltip("share:Q", format=".1%"),
            ],
        )
    )
    return chart
