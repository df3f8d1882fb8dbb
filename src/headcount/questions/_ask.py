"""Asking: from the name of a question to its answer."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypeVar

from headcount.questions._answer import Answer
from headcount.questions._registry import INSTALLATIONS, REGISTRY, Basis, Breakdown, Cell, Question
from headcount.questions._sql import compose
from headcount.warehouse import Parameters, Snapshot, Warehouse

ALIVE_MONTHS = 13
"""An installation that was not seen for so many months is no longer alive."""

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
"""The days that can be asked about: no report is older, and every engine has room for the windows around them."""

NEW_DAYS = 30
"""An installation is new for so many days."""

T = TypeVar("T")

_STATES = ("alive", "confirmed", "new", "lapsed")


class BadQuestion(ValueError):
    """The question cannot be asked so; the message says how it can."""


def ask(
    warehouse: Warehouse,
    name: str,
    *,
    today: date,
    by: str | None = None,
    basis: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Answer:
    """Answer a question over the window from ``since`` to ``until`` (UTC days, inclusive; up to ``today`` unless given).

    Raises `BadQuestion` where there is no such question, or it cannot be asked so.
    """
    question = _choose("question", name, REGISTRY)
    by = by or next(iter(question.by))
    breakdown = _choose(f"by of {name}", by, question.by)
    chosen = _basis(question, by, breakdown, basis)
    first, last = _window(breakdown, chosen, since, until or today)
    parameters: Parameters = {
        "since": first.isoformat(),
        "until": last.isoformat(),
        "recent": (last - timedelta(days=NEW_DAYS - 1)).isoformat(),
        "field": breakdown.field,
        **breakdown.parameters,
    }
    with warehouse.snapshot() as snapshot:
        denominator = _denominator(snapshot, breakdown, chosen, parameters)
        found = snapshot.query(statement(breakdown, chosen), parameters)
        data_until = snapshot.data_until()
    rows = [_row(breakdown, values, denominator) for values in found]
    if by == "state":
        rows = _every_state(rows)
    return Answer(name, by, chosen, first, last, denominator, data_until, tuple(rows))


def statement(breakdown: Breakdown, basis: Basis) -> str:
    """The SQL that gives the rows of an answer."""
    return compose(breakdown.sql, _fill(breakdown, basis))


def denominator_statement(breakdown: Breakdown, basis: Basis) -> str:
    """The SQL that gives the denominator of an answer: one row that ends with it, or none for 0."""
    return compose(breakdown.denominator, _fill(breakdown, basis))


def alive_since(until: date) -> date:
    """The first day of the 13 months that end with ``until``."""
    months = until.year * 12 + until.month - 1 - ALIVE_MONTHS
    year, month = divmod(months, 12)
    day = min(until.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) + timedelta(days=1)


def _fill(breakdown: Breakdown, basis: Basis) -> dict[str, str]:
    installations = "confirmed" if basis == "confirmed" else "seen"
    return {"installations": installations, **breakdown.fill}


def _choose(what: str, name: str, known: Mapping[str, T]) -> T:
    if name not in known:
        raise BadQuestion(f"there is no {what} {name!r}: it is one of {', '.join(known)}")
    return known[name]


def _basis(question: Question, by: str, breakdown: Breakdown, basis: str | None) -> Basis:
    if basis is None:
        return breakdown.bases[0]
    if basis not in breakdown.bases:
        raise BadQuestion(f"{question.name} by {by} has the basis {' or '.join(breakdown.bases)}, not {basis!r}")
    return basis


def _window(breakdown: Breakdown, basis: Basis, since: date | None, until: date) -> tuple[date, date]:
    for name, day in (("since", since), ("until", until)):
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise BadQuestion(f"{name} must be a day from {FIRST_DAY} to {LAST_DAY}, not {day}")
    if basis != "seen":
        if since is not None:
            raise BadQuestion(
                f"since goes with the basis seen: {basis} always looks back {ALIVE_MONTHS} months from until"
            )
        return alive_since(until), until
    first = until - timedelta(days=breakdown.days - 1) if since is None else since
    if first > until:
        raise BadQuestion(f"since ({first}) is after until ({until})")
    if breakdown.widen == "week":
        return first - timedelta(days=first.weekday()), until + timedelta(days=6 - until.weekday())
    if breakdown.widen == "month":
        return first.replace(day=1), until.replace(day=calendar.monthrange(until.year, until.month)[1])
    return first, until


def _denominator(snapshot: Snapshot, breakdown: Breakdown, basis: Basis, parameters: Parameters) -> int:
    rows = snapshot.query(denominator_statement(breakdown, basis), parameters)
    return int(str(rows[0][-1])) if rows else 0


def _row(breakdown: Breakdown, values: tuple[object, ...], denominator: int) -> dict[str, Cell]:
    row: dict[str, Cell] = {}
    for column, value in zip(breakdown.columns, values, strict=True):
        row[column.name] = column.show(value)
        if column is INSTALLATIONS:
            row["share"] = _share(int(str(value)), denominator)
    return row


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _every_state(rows: list[dict[str, Cell]]) -> list[dict[str, Cell]]:
    """All states in their order: nobody in a state is an answer too."""
    found = {row["state"]: row for row in rows}
    return [found.get(state, {"state": state, "installations": 0, "share": 0.0}) for state in _STATES]
