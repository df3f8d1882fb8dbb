"""From a query to its answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from headcount.questions._answer import Answer
from headcount.questions._condition import Condition
from headcount.questions._query import Query
from headcount.questions._question import (
    BadQuestion,
    Basis,
    Breakdown,
    Question,
    Results,
    Row,
    Run,
    Scope,
    Totals,
    share,
)
from headcount.questions._registry import REGISTRY
from headcount.questions._sql import compose
from headcount.questions._where import condition
from headcount.questions._windows import ALIVE_MONTHS, FIRST_DAY, LAST_DAY, Window, alive
from headcount.warehouse import Asking, Cells, Snapshot

T = TypeVar("T")


def ask(warehouse: Asking, query: Query, *, today: date) -> Answer:
    """Return the answer to a query, over a window that ends ``today`` (UTC) unless the query says when.

    A condition holds of an installation by its last report in the window. Raises `BadQuestion` where
    there is no such question, or it cannot be asked so.
    """
    name = query.question
    question = _choose("question", name, REGISTRY)
    by = _by(question, query.by)
    breakdown = question.by[by]
    chosen = _basis(f"{name} by {by}", breakdown, query.basis)
    window = _window(breakdown.scope, chosen, query.since, query.until or today)
    wanted = None if query.where is None else condition(query.where)
    if wanted is None and breakdown.scope.subject:
        raise BadQuestion(f"{name} by {by} asks of a condition: give one with where, such as 'plugin = CVS'")
    with warehouse.snapshot() as snapshot:
        data_until = snapshot.data_until()
        newest = None if data_until is None else datetime.fromtimestamp(data_until, UTC).date()
        window = window.widened(breakdown.scope.widen, newest or today)
        execution = _Execution(snapshot, breakdown, chosen, wanted, window, newest=newest)
        if breakdown.scope.current and newest is not None and window.until < newest:
            raise BadQuestion(f"{name} by {by} is known for the present alone: give no until, or one from {newest} on")
        levels = execution.levels(everyone=breakdown.scope.subject == "everyone")
        denominator = sum(levels.values())
        everyone = (
            sum(execution.levels(everyone=True).values()) if breakdown.scope.subject == "matching" else denominator
        )
        results = execution.rows()
    totals = Totals(denominator, everyone, window)
    rows = breakdown.shown.finish(results, totals) if breakdown.shown.finish else _rows(breakdown, results, denominator)
    return Answer(
        question=name,
        by=by,
        basis=chosen,
        where=None if wanted is None else wanted.text,
        since=window.since,
        until=window.until,
        denominator=denominator,
        levels=levels,
        data_until=data_until,
        rows=tuple(rows),
    )


class _Execution:
    """A breakdown that is run on a snapshot, over the installations of a basis that match a condition."""

    def __init__(
        self,
        snapshot: Snapshot,
        breakdown: Breakdown,
        basis: Basis,
        matching: Condition | None,
        window: Window,
        *,
        newest: date | None,
    ) -> None:
        self._snapshot = snapshot
        self._breakdown = breakdown
        self._basis = basis
        self._condition = matching
        self._matching = matching.parameters(snapshot) if matching else {}
        self._window = window
        self._newest = newest

    def levels(self, *, everyone: bool = False) -> dict[str, int]:
        """Return the denominator by level; ``everyone``: whether or not they match the condition."""
        window = self._breakdown.scope.counted(self._window)
        sql = denominator_statement(
            self._breakdown,
            self._basis,
            self._condition,
            everyone=everyone,
            latest=self._reaches_newest(window),
            once=self._snapshot.once,
        )
        return dict(sorted(self._query(sql, window, {})))

    def rows(self) -> Results:
        """Return the rows of all runs of the statement, each behind its run's prefix."""
        runs_of = self._breakdown.statement.runs
        runs = [Run((), self._window)] if runs_of is None else runs_of(self._window)
        results: list[Cells] = []
        for run in runs:
            latest = self._reaches_newest(run.window)
            sql = statement(self._breakdown, self._basis, self._condition, latest=latest, once=self._snapshot.once)
            results += [(*run.prefix, *row) for row in self._query(sql, run.window, run.parameters)]
        return results

    def _reaches_newest(self, window: Window) -> bool:
        return self._newest is not None and self._newest <= window.until

    def _query(self, sql: str, window: Window, parameters: Mapping[str, str | int]) -> Results:
        end = self._window.parameters(self._newest)
        values = {
            **window.parameters(self._newest),
            "end": end["until"],
            "end_cut": end["cut"],
            **self._breakdown.parameters,
            **parameters,
            **self._matching,
        }
        return self._snapshot.query(sql, values)


def statement(
    breakdown: Breakdown,
    basis: Basis,
    matching: Condition | None = None,
    *,
    latest: bool = False,
    once: bool = False,
) -> str:
    """Return the SQL of the rows of an answer.

    ``latest``: for a window that reaches to the newest report; ``once``: for an engine that holds each
    row once.
    """
    fill = _reports(latest) | _fill(breakdown, basis, matching, filters=not breakdown.scope.subject)
    file = breakdown.statement.file if matching is None else breakdown.statement.filtered or breakdown.statement.file
    return compose(file, fill, once=once)


def denominator_statement(
    breakdown: Breakdown,
    basis: Basis,
    matching: Condition | None = None,
    *,
    everyone: bool = False,
    latest: bool = False,
    once: bool = False,
) -> str:
    """Return the SQL of the denominator by level; ``everyone``: whether or not they match the condition."""
    fill = _reports(latest) | _fill(breakdown, basis, matching, filters=not everyone)
    return compose(breakdown.scope.denominator, fill, once=once)


def _reports(latest: bool) -> dict[str, str]:  # private
    return {"reports": "latest_reports"} if latest else {}


def _fill(breakdown: Breakdown, basis: Basis, matching: Condition | None, *, filters: bool) -> dict[str, str]:
    fill = {"installations": "confirmed" if basis == "confirmed" else "seen", **breakdown.statement.fill}
    if matching is not None:
        fill |= {"condition": matching.sql, "predicate": matching.predicate, "answers_condition": matching.answered}
    if matching is None or not filters:
        return fill | {"matching": "everything", "members": "everything", "existing": "everything"}
    return fill


def _choose(what: str, name: str, known: Mapping[str, T]) -> T:
    if name not in known:
        raise BadQuestion(f"there is no {what} {name!r}: it is one of {', '.join(known)}")
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


def _basis(what: str, breakdown: Breakdown, basis: str | None) -> Basis:
    if basis is None:
        return breakdown.scope.bases[0]
    for known in breakdown.scope.bases:
        if basis == known:
            return known
    raise BadQuestion(f"{what} has the basis {' or '.join(breakdown.scope.bases)}, not {basis!r}")


def _window(scope: Scope, basis: Basis, since: date | None, until: date) -> Window:
    for name, day in (("since", since), ("until", until)):
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise BadQuestion(f"{name} must be a day from {FIRST_DAY} to {LAST_DAY}, not {day}")
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
