"""The execution of what is asked on a snapshot of the warehouse."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from headcount.questions._condition import Condition
from headcount.questions._query import Query
from headcount.questions._question import Basis, Breakdown, Results, Run, Statement, share
from headcount.questions._sql import compose
from headcount.questions._statements import denominator_statement, judgement_statement, reports_fill, statement
from headcount.questions._windows import Window
from headcount.warehouse import Cells, Snapshot


@dataclass(frozen=True)
class Asked:
    """A query with all that it leaves open: which breakdown, basis, condition and window are asked.

    ``compared``: the condition that it is compared with, if any.
    """

    query: Query
    breakdown: Breakdown
    basis: Basis
    condition: Condition | None
    window: Window
    compared: Condition | None = None


class SnapshotExecution:
    """The `headcount.questions._question.Execution` of what is asked, on a snapshot.

    ``newest``: the day (UTC) of the newest report, None while there is none.
    """

    def __init__(self, snapshot: Snapshot, asked: Asked, newest: date | None) -> None:
        self._snapshot = snapshot
        self._breakdown = asked.breakdown
        self._condition = asked.condition
        self._compared = asked.compared
        self._matching = {
            name: value
            for condition in (asked.condition, asked.compared)
            if condition is not None
            for name, value in condition.parameters(snapshot).items()
        }
        self.query = asked.query
        self.basis = asked.basis
        self.window = asked.window
        self.newest = newest
        self._found: dict[object, Results] = {}  # an analysis may ask twice

    @property
    def parts(self) -> Sequence[str]:
        """The parts of the condition that a list has or `or` joins."""
        return tuple(part.text for part in self._condition.parts) if self._condition else ()

    @property
    def named(self) -> Collection[str]:
        """The classes that the condition names."""
        return {named.name for named in self._condition.classes.values()} if self._condition else set()

    @cached_property
    def held_since(self) -> date | None:
        """The first day (UTC) of which a report is held; None while there is none."""
        days = self._run(compose("held_since", {}), self.window, {})
        return days[0][0] if days else None

    def set_apart(self) -> int:
        """Return how many of those that were seen a flood set apart at the end of the window."""
        sql = compose("set_apart", {**reports_fill(self._reaches_newest(self.window)), "matching": "everything"})
        rows = self._run(sql, self.window, {})
        return int(rows[0][0]) if rows else 0

    def bounds(self) -> tuple[float, float] | None:
        """Return the shares of the basis of which the condition is true, if it were false, and true, of all for whom it is
        not known; None where there is no condition or nobody in the basis.
        """
        if self._condition is None:
            return None
        counted = self._breakdown.scope.counted(self.window)
        latest, once = self._reaches_newest(counted), self._snapshot.once
        sql = judgement_statement(self._breakdown, self.basis, self._condition, latest=latest, once=once)
        counts = {str(judged): int(count) for judged, count in self._run(sql, counted, {})}
        basis = sum(counts.values())
        if not basis:
            return None
        return share(counts.get("true", 0), basis), share(basis - counts.get("false", 0), basis)

    def levels(self, window: Window | None = None, *, everyone: bool = False) -> dict[str, int]:
        """Return the denominator by level; ``everyone``: whether or not they match the condition."""
        counted = self._breakdown.scope.counted(window or self.window)
        sql = denominator_statement(
            self._breakdown,
            self.basis,
            self._condition,
            self._compared,
            everyone=everyone,
            latest=self._reaches_newest(counted),
            once=self._snapshot.once,
        )
        return dict(sorted(self._run(sql, counted, {})))

    def rows(
        self, name: str, window: Window | None = None, parameters: Mapping[str, str | int] | None = None
    ) -> Results:
        """Return the rows of a statement of the analysis, over a window."""
        assert self._breakdown.analysis is not None
        chosen = self._breakdown.analysis.statements[name]
        if chosen.needs and not getattr(self._condition, chosen.needs, ()):
            return []
        return self._results(chosen, window or self.window, parameters or {})

    def results(self) -> Results:
        """Return the rows of all runs of the breakdown's statement, each behind its run's prefix."""
        chosen = self._breakdown.statement
        runs = [Run((), self.window)] if chosen.runs is None else chosen.runs(self.window)
        results: list[Cells] = []
        for run in runs:
            results += [(*run.prefix, *row) for row in self._results(chosen, run.window, run.parameters)]
        return results

    def _results(self, chosen: Statement, window: Window, parameters: Mapping[str, str | int]) -> Results:
        key = (chosen.file, tuple(chosen.fill.items()), window, tuple({**chosen.parameters, **parameters}.items()))
        if key not in self._found:
            self._found[key] = self._fresh(chosen, window, parameters)
        return self._found[key]

    def _fresh(self, chosen: Statement, window: Window, parameters: Mapping[str, str | int]) -> Results:
        sql = statement(
            self._breakdown,
            self.basis,
            self._condition,
            compared=self._compared,
            chosen=chosen,
            latest=self._reaches_newest(window),
            once=self._snapshot.once,
        )
        return self._run(sql, window, {**chosen.parameters, **parameters})

    def _reaches_newest(self, window: Window) -> bool:
        return self.newest is not None and self.newest <= window.until

    def _run(self, sql: str, window: Window, parameters: Mapping[str, str | int]) -> Results:
        end = self.window.parameters(self.newest)
        values = {
            **window.parameters(self.newest),
            "end": end["until"],
            "end_cut": end["cut"],
            **self._breakdown.parameters,
            **parameters,
            **self._matching,
        }
        return self._snapshot.query(sql, values)
