"""Which rows of an answer its chart shows, and how many a chart may have."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from headcount.questions import Answer, BadQuestion, Chart

MOST = 800
"""Rows that are drawn at most, which are two years of days: more take seconds to draw, and are no wider than a pixel."""

_LINES = 6  # of a chart over periods, beside one for all others
OTHERS = ("older", "others")
"""The names of the line that is for all others."""

_COMPANIONS, _LIFT, _USERS = 10, 1.2, 5  # of a chart of companions: how many, and how much oftener, by how many used
_WORD = re.compile(r"[\w.]+")
_VERSIONS = 40  # bars of versions
UNIVERSAL = 0.99
"""The share from which on all use something, which is told and not drawn."""

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
    select = _SELECTIONS.get(kind)
    return answer.rows if select is None else select(answer)


def _first(most: int) -> Callable[[Answer], Rows]:
    return lambda answer: published(answer)[:most]


def _used_by_some(answer: Answer) -> Rows:
    universal = sum(float(row["share"] or 0) >= UNIVERSAL for row in answer.rows)
    return published(answer)[: _TOP + universal]


def _reports(answer: Answer) -> Rows:
    return answer.rows[:_TOP]


def _bands(answer: Answer) -> Rows:
    """Return the rows of the names that most have."""
    key = answer.columns()[0]
    totals: dict[Any, float] = {}
    for row in published(answer):
        totals[row[key]] = totals.get(row[key], 0.0) + float(row["share"] or 0)
    kept = sorted(totals, key=lambda name: -totals[name])[:_TOP]
    return [row for row in answer.rows if row[key] in kept]


def _dumbbells(answer: Answer) -> Rows:
    return _by_lift(answer) if "lift" in answer.columns() else published(answer)[:_TOP]


def _pairs(answer: Answer) -> Rows:
    """Return the pairs of those classes that most use; where those have none, the first."""
    users = users_of(answer)
    most = set(sorted(users, key=lambda name: (-users[name], name))[:_TOP])
    return [row for row in answer.rows if {row["plugin"], row["with"]} <= most] or answer.rows[:_TOP]


def _by_lift(answer: Answer) -> Rows:
    """Return what those that match use clearly oftener, without what the condition names; where there is nothing, all."""
    named = set(_WORD.findall(answer.where or ""))
    others = [row for row in answer.rows if not {row["plugin"], str(row["plugin"]).rpartition(".")[2]} & named]
    often = [row for row in others if float(row["lift"] or 0) >= _LIFT and int(row["installations"] or 0) >= _USERS]
    return sorted(often or others or answer.rows, key=lambda row: -float(row["lift"] or 0))[:_COMPANIONS]


def users_of(answer: Answer) -> dict[str, int]:
    """Return how many use each class of an answer about pairs, as its rows tell."""
    users: dict[str, int] = {}
    for row in answer.rows:
        both, confidence, lift = int(row["installations"] or 0), float(row["confidence"] or 1), float(row["lift"] or 1)
        one = both / confidence
        users[str(row["plugin"])] = round(one)
        users[str(row["with"])] = round(both * (answer.denominator or 1) / (lift * one))
    return users


def _over_periods(answer: Answer) -> Rows:
    """Return the rows of the lines that ever were largest, and what the others are together, where they are parts of all."""
    largest: dict[str, float] = {}
    for row in answer.rows:
        key = key_of(answer, row)
        largest[key] = max(largest.get(key, 0.0), float(row["share"] or 0))
    kept = set(sorted((key for key in largest if key not in OTHERS), key=lambda key: -largest[key])[:_LINES])
    left = [key for key in largest if key not in kept]
    if not left or set(left) <= {*OTHERS}:
        return answer.rows
    rows = [row for row in answer.rows if key_of(answer, row) in kept]
    column = next(name for name in answer.columns() if name not in ("period", "kind"))
    if column == "plugin":  # an installation has several: those of all others do not add up
        return rows
    last = [key for key in largest if key in kept][-1]
    name = (
        OTHERS[0]
        if column == "version" and list(largest).index(last) < min(map(list(largest).index, left))
        else OTHERS[1]
    )
    together: dict[str, dict[str, Any]] = {}
    for row in answer.rows:
        if key_of(answer, row) not in kept:
            empty = {"period": row["period"], column: name, "installations": 0, "share": 0.0}
            other = together.setdefault(str(row["period"]), empty)
            other["installations"] += row["installations"] or 0
            other["share"] = None if row["share"] is None else round(min(other["share"] + row["share"], 1.0), 4)
    return [row for period in together for row in [*(row for row in rows if row["period"] == period), together[period]]]


def key_of(answer: Answer, row: Mapping[str, Any]) -> str:
    """Return the words of a row between its period and its counts."""
    names = answer.columns()
    words = names[names.index("period") + 1 : names.index("installations")]
    return ", ".join(str(row[name]) for name in words if name != "kind")


_SELECTIONS: Mapping[Chart, Callable[[Answer], Rows]] = {
    "ranking": _first(_TOP),
    "versions": _first(_VERSIONS),
    "points": _used_by_some,
    "coverage": published,
    "cumulative": published,
    "reports": _reports,
    "bands": _bands,
    "dumbbells": _dumbbells,
    "pairs": _pairs,
    "over_periods": _over_periods,
}
"""Returns the rows that are drawn, for the kinds that do not draw all."""
