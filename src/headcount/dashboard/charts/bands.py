"""A bar for each name, in a shade for each band."""

from __future__ import annotations

import altair as alt

from headcount.dashboard.charts._rows import published
from headcount.dashboard.charts._style import height, labelled, shares
from headcount.questions import Answer


def draw(answer: Answer) -> alt.Chart:
    """Draw the bands of all names."""
    key = answer.columns()[0]
    rows = published(answer)
    keys = list(dict.fromkeys(str(row[key]) for row in rows))
    names = list(dict.fromkeys(str(row["band"]) for row in answer.rows))
    chart: alt.Chart = (
        alt.Chart(labelled(answer, rows))
        .transform_calculate(place=f"indexof({names!r}, datum.band)")
        .mark_bar()
        .encode(
            x=shares("sum(share):Q", "share", answer, rows),
            y=alt.Y(f"{key}:N", sort=keys, title=None, axis=alt.Axis(labelLimit=400)),
            color=alt.Color("band:O", sort=names, scale=alt.Scale(scheme="blues"), title="instances"),
            order=alt.Order("place:Q"),
            tooltip=[
                alt.Tooltip(f"{key}:N"),
                alt.Tooltip("band:O"),
                alt.Tooltip("installations:Q", format=","),
                alt.Tooltip("share:Q", format=".1%"),
            ],
        )
    )
    return chart.properties(height=height(keys))
