"""A bar for each period, and a part of it in another colour."""

from __future__ import annotations

import altair as alt

from headcount.dashboard.charts._style import BLUE, ORANGE, labelled
from headcount.questions import Answer


def draw(answer: Answer, part: str, title: str) -> alt.LayerChart | alt.FacetChart:
    """Draw the installations of each period; ``part``: the column in the other colour; ``title``: of both."""
    tooltip = [alt.Tooltip("period:O"), *(alt.Tooltip(f"{name}:Q", format=",") for name in ("installations", part))]
    base = alt.Chart(labelled(answer, answer.rows)).encode(x=alt.X("period:O", title=None), tooltip=tooltip)
    seen = base.mark_bar(color=BLUE).encode(y=alt.Y("installations:Q", title=title))
    return alt.layer(seen, base.mark_bar(color=ORANGE).encode(y=f"{part}:Q"))
