"""What the charts have in common: colours, sizes, and the axis and the labels of bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from headcount.dashboard.charts._rows import Rows
from headcount.questions import Answer

BLUE, ORANGE = "#1f5f99", "#b45309"
BAR_HEIGHT = 20  # pixels
_ASIDE = ("kind", "supported_until")
"""Words of a row that its label leaves out, unless they come first."""


def height(bars: Rows | Sequence[str]) -> int:
    """Return the height of a chart with these bars, in pixels; without a bar it has room for one."""
    return max(len(bars), 1) * BAR_HEIGHT


def labels(field: str) -> alt.Y:
    """Return the axis of the bars' labels, in the order of the rows."""
    return alt.Y(f"{field}:N", sort=None, title=None, axis=alt.Axis(labelLimit=400))


def shares(shown: str, field: str, answer: Answer, rows: Rows) -> alt.X:
    """Return the axis of a share; without a bar it still needs its ends."""
    title = f"{field} of {answer.cell('installations', answer.denominator)} installations"
    if field == "estimate":
        title = "estimate of the share of all installations, with those that do not report"
    elif answer.columns()[0] == "band":
        title += "; the bands are not of one width"
    scale = alt.Scale() if rows else alt.Scale(domain=[0, 1])
    return alt.X(shown, title=title, axis=alt.Axis(format="%"), scale=scale)


def labelled(answer: Answer, rows: Rows) -> alt.InlineData:
    """Return the rows as data, each with a ``label`` of what stands before its counts; a number has its name before it."""
    names = answer.columns()
    words = [name for name in names[: names.index("installations")] if name not in _ASIDE or names[0] == name]

    def said(name: str, value: Any) -> str:
        return value if isinstance(value, str) else f"{name} {answer.cell(name, value)}"

    return alt.InlineData(
        values=[{"label": ", ".join(said(name, row[name]) for name in words) or "all", **row} for row in rows]
    )
