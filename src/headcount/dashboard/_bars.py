"""Charts with bars: over periods, and by what is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from headcount.questions import Answer

_TOP = 20  # bars of a chart; the table below it has all rows
_BLUE, _ORANGE = "#2f6fab", "#e08a2c"
_BAR_HEIGHT = 20  # pixels

_Rows = Sequence[Mapping[str, Any]]


def over_time(answer: Answer, part: str, title: str) -> alt.LayerChart | alt.FacetChart:
    """A bar for each period, and a part of it in another colour."""
    tooltip = [alt.Tooltip("period:O"), *(alt.Tooltip(f"{name}:Q", format=",") for name in ("installations", part))]
    base = alt.Chart(_data(answer, answer.rows)).encode(x=alt.X("period:O", title=None), tooltip=tooltip)
    seen = base.mark_bar(color=_BLUE).encode(y=alt.Y("installations:Q", title=title))
    return alt.layer(seen, base.mark_bar(color=_ORANGE).encode(y=f"{part}:Q"))


def counts(answer: Answer, field: str) -> alt.Chart:
    """A bar for each row, as long as a count that is none of installations."""
    rows = answer.rows[:_TOP]
    made: alt.Chart = (
        alt.Chart(_data(answer, rows))
        .mark_bar(color=_BLUE)
        .encode(
            x=alt.X(f"{field}:Q", title=field),
            y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=400)),
            tooltip=[alt.Tooltip("label:N"), alt.Tooltip(f"{field}:Q", format=",")],
        )
    )
    return made.properties(height=max(len(rows), 1) * _BAR_HEIGHT)


def ranking(answer: Answer, field: str) -> alt.Chart:
    """A bar for each row, as long as a share."""
    rows = _said(answer)[:_TOP]
    made: alt.Chart = (
        alt.Chart(_data(answer, rows))
        .mark_bar(color=_BLUE)
        .encode(
            x=_axis(f"{field}:Q", field, answer, rows),
            y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=400)),
            tooltip=[
                alt.Tooltip("label:N"),
                alt.Tooltip("installations:Q", format=","),
                alt.Tooltip(f"{field}:Q", format=".1%"),
            ],
        )
    )
    return made.properties(height=max(len(rows), 1) * _BAR_HEIGHT)


def bands(answer: Answer) -> alt.Chart:
    """A bar for each name, in a shade for each band."""
    key = answer.columns()[0]
    keys = list(dict.fromkeys(str(row[key]) for row in _said(answer)))[:_TOP]
    rows = [row for row in _said(answer) if row[key] in keys]
    names = list(dict.fromkeys(str(row["band"]) for row in answer.rows))
    made: alt.Chart = (
        alt.Chart(_data(answer, rows))
        .transform_calculate(place=f"indexof({names!r}, datum.band)")
        .mark_bar()
        .encode(
            x=_axis("sum(share):Q", "share", answer, rows),
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
    return made.properties(height=max(len(keys), 1) * _BAR_HEIGHT)


def _said(answer: Answer) -> _Rows:
    return [row for row in answer.rows if row["share"] is not None]


def _axis(shown: str, field: str, answer: Answer, rows: _Rows) -> alt.X:
    """The axis of shares; without a bar it still needs its ends."""
    title = f"{field} of {answer.cell('installations', answer.denominator)} installations"
    scale = alt.Scale() if rows else alt.Scale(domain=[0, 1])
    return alt.X(shown, title=title, axis=alt.Axis(format="%"), scale=scale)


def _data(answer: Answer, rows: _Rows) -> alt.InlineData:
    names = answer.columns()
    words = [name for name in names[: names.index("installations")] if name != "kind" or names[0] == "kind"]
    return alt.InlineData(
        values=[{"label": ", ".join(str(row[name]) for name in words) or "all", **row} for row in rows]
    )
