"""Answers over periods: of those alive, or confirmed, at the end of each month or week, with their state then.

One statement says for each key at the ends of which periods how many installations had it; the rest is adding up.
"""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from headcount.questions._columns import INSTALLATIONS, PERIOD
from headcount.questions._period_table import SEEN, TABLE, beside
from headcount.questions._periods import Periods, last_of
from headcount.questions._question import (
    Analysis,
    Breakdown,
    Cell,
    Chart,
    Column,
    Execution,
    Findings,
    Grain,
    Results,
    Scope,
    Shown,
    Statement,
    Table,
    share,
)
from headcount.questions._windows import Window

Line = list[int]
"""A number for each period."""

PeriodRow = dict[str, Cell | None]
"""A row of a period; its share is None where nobody answered then."""

_UNITS: Mapping[str, Mapping[str, str]] = {
    "month": {"start": "toStartOfMonth(first_then)", "ending": "toStartOfMonth(after_it)"},
    "week": {"start": "toMonday(first_then)", "ending": "toMonday(after_it)"},
}


@dataclasses.dataclass(frozen=True)
class Spans:
    """What an answer counts by: the key, and the statement that gives its spans.

    The statement's rows are the key, the first period, the one after the last, and how many installations. ``levels``:
    that which gives the same of whom the shares are, by level. ``now``: that which gives the same of the last day, where
    not all keys are counted.
    """

    statement: Statement
    levels: Statement
    now: Statement | None = None


def over_periods(
    spans: Spans,
    columns: tuple[Column, ...],
    scope: Scope,
    rows: Callable[[Execution, Periods, Line], list[PeriodRow]],
    *,
    grain: Grain | None = None,
    chart: Chart = "over_periods",
) -> Breakdown:
    """Return a way to ask at the ends of periods.

    ``columns``: those of the key; ``rows`` returns the rows, given how many the shares are of at the end of each period.
    """
    statements = {unit: _at_ends(spans.statement, unit) for unit in _UNITS}
    statements |= {f"levels by {unit}": _at_ends(spans.levels, unit) for unit in _UNITS}
    statements |= SEEN
    if spans.now is not None:
        statements |= {"now": _at_ends(spans.now, "month"), "names": Statement("named")}

    def compute(execution: Execution) -> Findings:
        periods = Periods.of(_unit(execution), execution.window, execution.held_since)
        if not periods:
            return Findings(0, [], {"periods": Table(())})
        by_level = lines(execution, periods, f"levels by {periods.unit}")
        whole = [sum(each) for each in zip(*by_level.values(), strict=True)] or [0] * len(periods)
        table = Table(tuple(beside(execution, periods, whole)))
        levels = {str(level): line[-1] for (level,), line in by_level.items() if line[-1]}
        return Findings(whole[-1], rows(execution, periods, whole), {"periods": table}, levels)

    return Breakdown(
        statements["month"],
        dataclasses.replace(
            scope,
            bases=tuple(basis for basis in scope.bases if basis != "seen"),
            subject="everyone" if scope.subject else "",
        ),
        Shown((PERIOD, *columns, INSTALLATIONS), chart=chart, grain=grain, sample=False),
        Analysis(statements, compute),
        {"periods": TABLE},
    )


def _at_ends(statement: Statement, unit: str) -> Statement:
    return dataclasses.replace(statement, fill={**statement.fill, **_UNITS[unit]})


def _unit(execution: Execution) -> str:
    assert execution.query.over is not None
    return execution.query.over


def lines(execution: Execution, periods: Periods, name: str) -> dict[tuple[Any, ...], Line]:
    """Return for each key that a statement counts by how many installations had it at the end of each period."""
    changes: defaultdict[tuple[Any, ...], Counter[int]] = defaultdict(Counter)
    for *key, began, ended, count in _spans(execution, periods, name, {}):
        changes[tuple(key)][periods.place(began)] += int(count)
        changes[tuple(key)][periods.place(ended)] -= int(count)
    return {key: list(accumulate(steps[place] for place in range(len(periods)))) for key, steps in changes.items()}


def _spans(execution: Execution, periods: Periods, name: str, parameters: Mapping[str, str | int]) -> Results:
    window = Window(periods.starts[0], periods.until)
    return execution.rows(name, window, {**parameters, "beyond": periods.beyond.isoformat()})


def part_of(part: int, whole: int) -> float | None:
    """Return a share; of nobody it is not known."""
    return share(part, whole) if whole else None


def keyed_rows(periods: Periods, whole: Line, keyed: Iterable[tuple[Mapping[str, Any], Line]]) -> list[PeriodRow]:
    """Return a row for each period and key; ``keyed``: the cells of each key, in order, with its line."""
    listed = list(keyed)
    return [
        {"period": name, **cells, "installations": line[place], "share": part_of(line[place], whole[place])}
        for place, name in enumerate(periods.names)
        for cells, line in listed
    ]


def by_value(
    column: Column,
    sql: str,
    scope: Scope,
    order: Callable[[Mapping[Any, Line]], Sequence[Any]],
    grain: Grain | None = None,
) -> Breakdown:
    """Return the answer over periods by what a profile says, of those that answered the fields of the scope.

    ``sql``: the value, over the columns of ``profiles``; ``order`` returns the values in the order of the rows.
    """
    fill = {"answers": "answers_field"}

    def rows(execution: Execution, periods: Periods, whole: Line) -> list[PeriodRow]:
        found = {key[0]: line for key, line in lines(execution, periods, periods.unit).items()}
        return keyed_rows(periods, whole, (({column.name: column.show(key)}, found[key]) for key in order(found)))

    return over_periods(
        Spans(Statement("over.column", fill={**fill, "column": sql}), Statement("over.level", fill=fill)),
        (column,),
        scope,
        rows,
        grain=grain,
    )


def newest_first(found: Mapping[Any, Line]) -> list[Any]:
    """Order versions, as numbers."""
    return sorted(found, reverse=True)


def most_first(found: Mapping[Any, Line]) -> list[Any]:
    """Order values by how many have them at the end of the last period, then by themselves."""
    return sorted(found, key=lambda key: (-found[key][-1], key))


def of_condition(scope: Scope, chart: Chart = "over_periods") -> Breakdown:
    """Return the answer over periods of those for whom a condition is true at the end of each; without one, of everybody.

    The share is of those that answered then all that it names.
    """
    everybody = {"matching": "everything"}

    def rows(execution: Execution, periods: Periods, whole: Line) -> list[PeriodRow]:
        found = lines(execution, periods, periods.unit)
        holding = _added(found.values(), periods)
        deciding = _added((line for (_, decided), line in found.items() if decided), periods)
        return [
            {"period": name, "installations": count, "share": part_of(decided, all_)}
            for name, count, decided, all_ in zip(periods.names, holding, deciding, whole, strict=True)
        ]

    return over_periods(
        Spans(
            Statement("over.everyone", "over.condition", everybody),
            Statement("over.level", "over.asked", {**everybody, "answers": "everything"}),
        ),
        (),
        scope,
        rows,
        chart=chart,
    )


def _added(found: Iterable[Line], periods: Periods) -> Line:
    return [sum(each) for each in zip(*found, [0] * len(periods), strict=True)]


MOST_PLUGINS = 20
"""How many plugins an answer over periods has."""


def of_plugins(
    plugin: Column, kind: Column, scope: Scope, asked: Callable[[str], bool], *, at_full: bool = False
) -> Breakdown:
    """Return the answer over periods by plugin: those that a condition names, and those that most use at the end.

    ``asked`` returns whether a kind is asked for.
    """
    fill = {"answers": "answers_at_full" if at_full else "answers_field"}

    def rows(execution: Execution, periods: Periods, whole: Line) -> list[PeriodRow]:
        numbers = {(name, of_kind): number for number, name, of_kind in execution.rows("names")}
        named = execution.named
        used = lines(execution, last_of(periods), "now")
        counts = {each: used[number,][-1] for each, number in numbers.items() if (number,) in used}
        listed = sorted(
            (each for each in numbers if asked(each[1]) and (each[0] in named or each in counts)),
            key=lambda each: (each[0] not in named, -counts.get(each, 0), each),
        )
        chosen = listed[:MOST_PLUGINS]
        places = {f"c{place:02}": 0 for place in range(MOST_PLUGINS)}
        places |= {f"c{place:02}": numbers[each] for place, each in enumerate(chosen)}
        keyed = {each: [0] * len(periods) for each in chosen}
        for began, ended, *using in _spans(execution, periods, periods.unit, places):
            for each, count in zip(chosen, using, strict=False):
                for place in range(periods.place(began), periods.place(ended)):
                    keyed[each][place] += int(count)
        return keyed_rows(
            periods, whole, (({plugin.name: each[0], kind.name: each[1]}, keyed[each]) for each in most_first(keyed))
        )

    spans = Spans(
        Statement("over.plugins", fill=fill),
        Statement("over.level", fill=fill),
        Statement("over.plugins.now", fill=fill),
    )
    return over_periods(spans, (plugin, kind), scope, rows)
