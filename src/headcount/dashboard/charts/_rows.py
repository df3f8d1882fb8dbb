"""Which rows of an answer its chart shows, and how many a chart may have."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from headcount.questions import Answer, BadQuestion, Chart

MOST = 800
"""Rows that are drawn at most, which are two years of days: more take seconds to draw, and are no wider than a pixel."""

_LINES = 10  # of a chart over periods: those with most at the end
_TOP = 20  # bars of a chart of names; the table below it has all rows

Rows = Sequence[Mapping[str, Any]]


def drawn(answer: Answer, kind: Chart | None = None) -> Answer:
    """Return the answer with those rows alone that its chart shows. Raises `BadQuestion` where they are too many."""
    kind = kind or answer.breakdown.shown.chart
    rows = _rows(answer, kind)
    if len(rows) > MOST:
        raise BadQuestion(
            f"a chart has {MOST} rows at most, and this one would have {len(rows):,}: give a later since, "
            "count by week or by month, or take the figures with the format csv"
        )
    return dataclasses.replace(answer, rows=tuple(rows))


def published(answer: Answer) -> Rows:
    """Return the rows whose share is known: of a publication, those of k installations or more."""
    return [row for row in answer.rows if row["share"] is not None]


def _rows(answer: Answer, kind: Chart) -> Rows:
    if kind in ("ranking", "lifts", "estimates"):
        return published(answer)[:_TOP]
    if kind == "reports":
        return answer.rows[:_TOP]
    if kind == "bands":
        key = answer.columns()[0]
        keys = list(dict.fromkeys(row[key] for row in published(answer)))[:_TOP]
        return [row for row in answer.rows if row[key] in keys]
    if kind == "over_periods":
        last = [row for row in answer.rows if row["period"] == answer.rows[-1]["period"]]
        most = sorted(last, key=lambda row: -int(row["installations"] or 0))[:_LINES]
        lines = {key_of(answer, row) for row in most}
        return [row for row in answer.rows if key_of(answer, row) in lines]
    return answer.rows


def key_of(answer: Answer, row: Mapping[str, Any]) -> str:
    """Return the words of a row between its period and its counts."""
    names = answer.columns()
    words = names[names.index("period") + 1 : names.index("installations")]
    return ", ".join(str(row[name]) for name in words if name != "kind")
