"""From a query to its answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from headcount.questions._answer import Answer
from headcount.questions._execution import Asked, SnapshotExecution
from headcount.questions._periods import first_day, since_of
from headcount.questions._query import PERIODS, BadQuestion, Query
from headcount.questions._question import (
    Basis,
    Breakdown,
    Cell,
    Findings,
    Question,
    Results,
    Row,
    Scope,
    Totals,
    share,
)
from headcount.questions._registry import REGISTRY
from headcount.questions._suggestion import suggestion
from headcount.questions._where import condition
from headcount.questions._windows import ALIVE_MONTHS, FIRST_DAY, LAST_DAY, Window, alive
from headcount.warehouse import Asking

T = TypeVar("T")
_LISTED = 20  # choices that are all named to who chose none of them
_NAMED = 8  # those of more
_BEYOND = 400  # days after the newest report, by which nobody is alive any more


def ask(warehouse: Asking, query: Query, *, today: date) -> Answer:
    """Return the answer to a query, over a window that ends ``today`` (UTC) unless the query says when.

    A condition is true, false or not known of an installation by its last report in the window. Raises `BadQuestion` where
    there is no such question, or it cannot be asked so.
    """
    name = query.question
    question = _choose("question", name, REGISTRY)
    by = _by(question, query.by)
    breakdown = _breakdown(f"{name} by {by}", question.by[by], query)
    chosen = _basis(f"{name} by {by}", breakdown, query.basis)
    window = _window(breakdown.scope, chosen, query, query.until or today)
    wanted = None if query.where is None else condition(query.where)
    if wanted is None and query.with_ is not None:
        raise BadQuestion("with is what a condition is compared with: give that with where, such as 'plugin = CVS'")
    if wanted is None and breakdown.scope.subject:
        raise BadQuestion(f"{name} by {by} asks of a condition: give one with where, such as 'plugin = CVS'")
    compared = None if query.with_ is None else condition(query.with_, "with")
    with warehouse.snapshot() as snapshot:
        data_until = snapshot.data_until()
        newest = None if data_until is None else datetime.fromtimestamp(data_until, UTC).date()
        window = window.widened(breakdown.scope.widen, newest or today)
        _check_end(query, window, newest or today)
        execution = SnapshotExecution(snapshot, Asked(query, breakdown, chosen, wanted, window, compared), newest)
        if breakdown.scope.current and newest is not None and window.until < newest:
            raise BadQuestion(f"{name} by {by} is known for the present alone: give no until, or one from {newest} on")
        findings = breakdown.analysis.compute(execution) if breakdown.analysis else _found(execution, breakdown)
        held_since, set_apart = execution.held_since, execution.set_apart()
        least, most = (None if query.over else execution.bounds()) or (None, None)
    return Answer(
        question=name,
        by=by,
        basis=chosen,
        where=None if wanted is None else wanted.text,
        since=window.since,
        until=window.until,
        denominator=findings.denominator,
        levels=dict(sorted(findings.levels.items())),
        data_until=data_until,
        rows=tuple(_known(findings)),
        over=query.over,
        compared=None if compared is None else compared.text,
        least=least,
        most=most,
        tested=findings.tested,
        held_since=held_since,
        set_apart=set_apart,
        tables=findings.tables,
        grain=breakdown.shown.grain,
    )


def _known(findings: Findings) -> Iterable[Mapping[str, Cell | None]]:
    """Return the rows; a share of nobody is not known, and none of 0%. Over periods each row has a whole of its own."""
    if findings.denominator or "periods" in findings.tables:
        return findings.rows
    return [{**row, "share": None} for row in findings.rows]


def _found(execution: SnapshotExecution, breakdown: Breakdown) -> Findings:
    """Return what a breakdown with one statement finds."""
    scope = breakdown.scope
    levels = execution.levels(everyone=scope.subject == "everyone" or bool(scope.judged))
    denominator = everyone = sum(levels.values())
    if scope.subject == "matching":
        everyone = sum(execution.levels(everyone=True).values())
    results = execution.results()
    totals = Totals(denominator, everyone, execution.window)
    rows = breakdown.shown.finish(results, totals) if breakdown.shown.finish else _rows(breakdown, results, denominator)
    return Findings(denominator, rows, levels=levels)


def _choose(what: str, name: str, known: Mapping[str, T]) -> T:
    if name not in known:
        listed = list(known)
        some = listed if len(listed) <= _LISTED else [*listed[:_NAMED], f"{len(listed) - _NAMED} more"]
        raise BadQuestion(f"there is no {what} {name!r}{suggestion(name, known)}: it is one of {', '.join(some)}")
    return known[name]


def _by(question: Question, by: str | None) -> str:
    """Return the key of a breakdown; two fields are crossed in either order."""
    if by is None:
        return next(iter(question.by))
    crossed = ",".join(reversed(by.split(",")))
    if crossed in question.by:
        return crossed
    _choose(f"by of {question.name}", by, question.by)
    return by


def _check_end(query: Query, window: Window, newest: date) -> None:
    """Raise `BadQuestion` where periods would go on for long after the last one that anybody is known to be alive in."""
    latest = newest + timedelta(days=_BEYOND)
    if query.over is not None and window.until > latest:
        raise BadQuestion(f"the newest report is of {newest}: over periods, give an until up to {latest}")


def _breakdown(what: str, breakdown: Breakdown, query: Query) -> Breakdown:
    """Return the breakdown that answers a query: that over periods where it is asked over some."""
    for name, value in (("with", query.with_), ("support", query.support)):
        if value is not None and name not in breakdown.takes:
            raise BadQuestion(f"{what} takes no {name}")
    if query.over is None:
        return breakdown
    if breakdown.over is None:
        raise BadQuestion(f"{what} is not asked over periods: leave out over")
    _choose("over", query.over, dict.fromkeys(PERIODS))
    return breakdown.over


def _basis(what: str, breakdown: Breakdown, basis: str | None) -> Basis:
    if basis is None:
        return breakdown.scope.bases[0]
    for known in breakdown.scope.bases:
        if basis == known:
            return known
    bases = breakdown.scope.bases
    raise BadQuestion(f"{what} has the basis {' or '.join(bases)}, not {basis!r}{suggestion(basis, bases)}")


def _window(scope: Scope, basis: Basis, query: Query, until: date) -> Window:
    since = query.since
    for name, day in (("since", since), ("until", until)):
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise BadQuestion(f"{name} must be a day from {FIRST_DAY} to {LAST_DAY}, not {day}")
    if query.over is not None:
        first = since_of(query.over, until) if since is None else first_day(query.over, since)
        return _ordered(first, until)
    if scope.starts is not None:
        if since is not None or until < scope.starts:
            raise BadQuestion(f"this looks from {scope.starts} on: give an until that is not before, and no since")
        return Window(scope.starts, until)
    if basis != "seen":
        if since is not None:
            raise BadQuestion(
                f"since goes with the basis seen: {basis} always looks back {ALIVE_MONTHS} months from until"
            )
        return alive(until)
    first = until - timedelta(days=scope.days - 1) if since is None else since
    return _ordered(first, until)


def _ordered(first: date, until: date) -> Window:
    if first > until:
        raise BadQuestion(f"since ({first}) is after until ({until})")
    return Window(first, until)


def _rows(breakdown: Breakdown, results: Results, denominator: int) -> list[Row]:
    rows = []
    for values in results:
        row: Row = {}
        for column, value in zip(breakdown.shown.columns, values, strict=True):
            row[column.name] = column.show(value)
            if column.name == "installations":
                row["share"] = share(value, denominator)
        rows.append(row)
    return rows
