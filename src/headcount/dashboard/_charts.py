"""Charts: an answer as a Vega-Lite specification, made with Altair."""

from __future__ import annotations

from typing import Any

import altair as alt

from headcount.dashboard import _lines
from headcount.questions import Answer

_TOP = 20  # bars of a chart; the table below it has all rows
_BLUE, _ORANGE = "#2f6fab", "#e08a2c"
_BAR_HEIGHT = 20  # pixels

Spec = dict[str, Any]


def chart(answer: Answer) -> Spec:
    """The chart of an answer.

    Lines where it has bounds or a rate, bars over time where it has periods, else bars by what it counts.
    """
    columns = answer.columns()
    if "upper" in columns:
        return _finish(_lines.bounds(answer), height=260)
    if "rate" in columns:
        return _finish(_lines.rates(answer), height=260)
    if "period" in columns:
        return _over_time(answer)
    return _ranking(answer, "estimate" if "estimate" in columns else "share")


def _over_time(answer: Answer) -> Spec:
    tooltip = [alt.Tooltip("period:O"), alt.Tooltip("installations:Q", format=","), alt.Tooltip("new:Q", format=",")]
    base = alt.Chart(_data(answer, len(answer.rows))).encode(x=alt.X("period:O", title=None), tooltip=tooltip)
    seen = base.mark_bar(color=_BLUE).encode(
        y=alt.Y("installations:Q", title="installations seen; in orange, new ones")
    )
    return _finish(seen + base.mark_bar(color=_ORANGE).encode(y="new:Q"), height=260)


def _ranking(answer: Answer, field: str) -> Spec:
    key = "label"
    rows = min(len(answer.rows), _TOP)
    scale = alt.Scale() if rows else alt.Scale(domain=[0, 1])  # without a bar the axis still needs its ends
    bars = (
        alt.Chart(_data(answer, rows))
        .mark_bar(color=_BLUE)
        .encode(
            x=alt.X(
                f"{field}:Q",
                title=f"{field} of {answer.denominator:,} installations",
                axis=alt.Axis(format="%"),
                scale=scale,
            ),
            y=alt.Y(f"{key}:N", sort=None, title=None, axis=alt.Axis(labelLimit=400)),
            tooltip=[
                alt.Tooltip(f"{key}:N"),
                alt.Tooltip("installations:Q", format=","),
                alt.Tooltip(f"{field}:Q", format=".1%"),
            ],
        )
    )
    return _finish(bars, height=max(rows, 1) * _BAR_HEIGHT)


def _data(answer: Answer, rows: int) -> alt.InlineData:
    names = answer.columns()
    words = [name for name in names[: names.index("installations")] if name != "kind" or names[0] == "kind"]
    return alt.InlineData(
        values=[{"label": ", ".join(str(row[name]) for name in words) or "all", **row} for row in answer.rows[:rows]]
    )


def _finish(made: alt.Chart | alt.LayerChart | alt.FacetChart, *, height: int) -> Spec:
    spec: Spec = made.properties(width="container", height=height).to_dict(validate=False)  # a test draws every one
    return spec
