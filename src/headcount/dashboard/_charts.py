"""Charts: an answer as a Vega-Lite specification, made with Altair."""

from __future__ import annotations

from typing import Any

import altair as alt

from headcount.questions import Answer

_TOP = 20  # bars of a chart; the table below it has all rows
_BLUE, _ORANGE = "#2f6fab", "#e08a2c"
_BAR_HEIGHT = 20  # pixels

Spec = dict[str, Any]


def chart(answer: Answer) -> Spec:
    """The chart of an answer: bars over time where it has periods, else bars by what it counts, the longest first."""
    return _over_time(answer) if "period" in answer.columns() else _ranking(answer)


def _over_time(answer: Answer) -> Spec:
    tooltip = [alt.Tooltip("period:O"), alt.Tooltip("installations:Q", format=","), alt.Tooltip("new:Q", format=",")]
    base = alt.Chart(_data(answer, len(answer.rows))).encode(x=alt.X("period:O", title=None), tooltip=tooltip)
    seen = base.mark_bar(color=_BLUE).encode(
        y=alt.Y("installations:Q", title="installations seen; in orange, new ones")
    )
    return _finish(seen + base.mark_bar(color=_ORANGE).encode(y="new:Q"), height=260)


def _ranking(answer: Answer) -> Spec:
    key = answer.columns()[0]
    rows = min(len(answer.rows), _TOP)
    bars = (
        alt.Chart(_data(answer, rows))
        .mark_bar(color=_BLUE)
        .encode(
            x=alt.X("share:Q", title=f"share of {answer.denominator:,} installations", axis=alt.Axis(format="%")),
            y=alt.Y(f"{key}:N", sort=None, title=None, axis=alt.Axis(labelLimit=400)),
            tooltip=[
                alt.Tooltip(f"{key}:N"),
                alt.Tooltip("installations:Q", format=","),
                alt.Tooltip("share:Q", format=".1%"),
            ],
        )
    )
    return _finish(bars, height=max(rows, 1) * _BAR_HEIGHT)


def _data(answer: Answer, rows: int) -> alt.InlineData:
    return alt.InlineData(values=[dict(row) for row in answer.rows[:rows]])


def _finish(made: alt.Chart | alt.LayerChart, *, height: int) -> Spec:
    spec: Spec = made.properties(width="container", height=height).to_dict()
    return spec
