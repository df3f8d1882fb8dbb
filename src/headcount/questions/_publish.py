"""Computing a publication: every public table over the confirmed installations, counted and protected."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import NamedTuple

from headcount.questions._answer import Answer
from headcount.questions._protection import Protection, Tallies, Tally, fold
from headcount.questions._public_tables import PUBLIC_TABLES, RARE, PublicTable
from headcount.questions._publication import Publication, last_day
from headcount.questions._sql import compose
from headcount.questions._windows import Window, alive
from headcount.warehouse import Cells, Parameters, Snapshot, States

_MONTHS = 12
# What makes a statement count, and add up record keys.
_SUMS: tuple[Mapping[str, str], ...] = ({}, {"one": "record_key", "weighed": "weighed_keys"})
_CONFIRMED = dict.fromkeys(("matching", "members", "existing"), "twice")  # what keeps a statement to confirmed ones


class TooFew(Exception):
    """There are so few confirmed installations that nothing can be published of them."""


class Computed(NamedTuple):
    """A publication, and the states of the confirmed installations of which its tables are; None: they are older ones."""

    publication: Publication
    states: States | None


def compute(
    snapshot: Snapshot,
    *,
    week: str,
    k: int,
    before: Publication | None = None,
    then: States | None = None,
    listed: Sequence[PublicTable] = PUBLIC_TABLES,
) -> Computed:
    """Compute the publication of a week: every public table, protected.

    ``before``: the last one; ``then``: of which states its tables are. Where fewer than k installations came, went or
    changed since, its tables are those of this week too, so that no change of a figure is the doing of few. Without ``then``
    the states are what is known by now of that week's end, which is not the same once history was imported. A table of the
    same window as one of ``before`` is that one.
    Raises `TooFew` where even the number of all installations, the first table's denominator, would not be said, and
    ValueError for a wrong week or k.
    """
    until = last_day(week)
    protection = Protection(k)
    now = _states(snapshot, until)
    published = {}
    if before is not None:
        then = _states(snapshot, last_day(before.computed)) if then is None else then
        if _changed(then, now) < k:
            return Computed(dataclasses.replace(before, week=week), None)
        published = {(table.question, table.by, table.since, table.until): table for table in before.tables}
    tables = []
    for table in listed:
        window = _window(table, until)
        made = published.get((table.question, table.by, window.since, window.until))
        tables.append(made or _table(snapshot, table, window, until, protection))
        if tables[0].denominator is None:
            raise TooFew(f"there were fewer than {k} confirmed installations at the end of {week}")
    return Computed(Publication(week, k, tuple(tables), week), now)


def states_statement() -> str:
    """The confirmed installations, each with its profile."""
    return compose("states", _CONFIRMED)


def _states(snapshot: Snapshot, until: date) -> States:
    return dict(snapshot.query(states_statement(), alive(until).parameters(None)))


def _changed(then: States, now: States) -> int:
    """How many confirmed installations came, went, or reported another profile."""
    return sum(then.get(install) != now.get(install) for install in then.keys() | now.keys())


def _window(table: PublicTable, until: date) -> Window:
    return alive(until) if table.window == "alive" else _whole_months(until)


def statements(table: PublicTable) -> list[str]:
    """All statements that are asked for a table, where it says two names: the rows, with rare names folded, the denominator.

    Each is there as it counts, and as it adds up record keys.
    """
    listed: list[tuple[str, Mapping[str, str]]] = [
        (table.breakdown.statement.file, {}),
        (table.breakdown.scope.denominator, {}),
    ]
    listed += [(names.rare, _said(2)) for names in table.names if names.rare is not None]
    return [_statement(table, name, {**fill, **key}) for name, fill in listed for key in _SUMS]


def _table(snapshot: Snapshot, table: PublicTable, window: Window, until: date, protection: Protection) -> Answer:
    breakdown = table.breakdown
    parameters: Parameters = {**window.parameters(None), **breakdown.parameters}
    denominator = protection.figure(_denominator(snapshot, table, parameters))
    tallies = _tallies(snapshot, table, parameters, breakdown.statement.file)
    for names in table.names:
        place = table.keys.index(names.column)
        said = protection.named(place, tallies)
        if names.rare is None:
            tallies = fold(said, place, tallies)
        else:
            given = {f"name{number}": name for number, name in enumerate(sorted(said) or [RARE])}
            rare = _tallies(snapshot, table, {**parameters, **given}, names.rare, _said(len(given)))
            tallies = {**{cell: counts for cell, counts in tallies.items() if cell[place] in said}, **rare}
    if table.window == "months":
        table = dataclasses.replace(table, values={"period": _months(window)})
    return Answer(
        question=table.question,
        by=table.by,
        basis="confirmed",
        since=window.since,
        until=window.until,
        denominator=denominator,
        data_until=int(datetime.combine(until, time(23, 59, 59), UTC).timestamp()),
        rows=tuple(protection.rows(table, tallies, denominator)),
        k=protection.k,
    )


def _statement(table: PublicTable, name: str, fill: Mapping[str, str], *, once: bool = False) -> str:
    return compose(name, {"installations": "seen", **table.breakdown.statement.fill, **_CONFIRMED, **fill}, once=once)


def _tallies(
    snapshot: Snapshot,
    table: PublicTable,
    parameters: Parameters,
    statement: str,
    fill: Mapping[str, str] = types.MappingProxyType({}),
) -> Tallies:
    """The cells of a table, each count with its key: the statement is asked for both, and differs in what it adds up."""
    counts, keys = (_cells(snapshot, table, parameters, statement, {**fill, **sums}) for sums in _SUMS)
    return {
        cell: dict(zip(table.counts, map(Tally, numbers, keys[cell]), strict=True)) for cell, numbers in counts.items()
    }


def _cells(
    snapshot: Snapshot, table: PublicTable, parameters: Parameters, statement: str, fill: Mapping[str, str]
) -> dict[tuple[str, ...], tuple[int, ...]]:
    """The sums of each cell. Where several rows of the statement are one cell, they have no installation in common."""
    read = table.read or partial(_by_columns, table)
    cells: dict[tuple[str, ...], tuple[int, ...]] = {}
    for row in snapshot.query(_statement(table, statement, fill, once=snapshot.once), parameters):
        cell, numbers = read(row)
        cells[cell] = tuple(map(sum, zip(numbers, cells.get(cell, (0,) * len(numbers)), strict=True)))
    return cells


def _by_columns(table: PublicTable, values: Cells) -> tuple[tuple[str, ...], tuple[int, ...]]:
    pairs = zip(table.breakdown.shown.columns, values, strict=True)
    row = {column.name: column.show(value) for column, value in pairs if column.name in table.columns}
    return tuple(str(row[name]) for name in table.keys), tuple(int(row[name]) for name in table.counts)


def _denominator(snapshot: Snapshot, table: PublicTable, parameters: Parameters) -> Tally:
    statement = partial(_statement, table, table.breakdown.scope.denominator, once=snapshot.once)
    found = [snapshot.query(statement(sums), parameters) for sums in _SUMS]
    return Tally(*(sum(row[-1] for row in rows) for rows in found))


def _said(names: int) -> dict[str, str]:
    """What gives a statement the names that are said, as the parameters ``$name0``, ``$name1`` and so on."""
    return {"said": ", ".join(f"$name{number}" for number in range(names))}


def _whole_months(until: date) -> Window:
    """The last `_MONTHS` months that are over by the end of a day."""
    end = (until + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    months = end.year * 12 + end.month - _MONTHS
    return Window(date(months // 12, months % 12 + 1, 1), end)


def _months(window: Window) -> tuple[str, ...]:
    first, last = (day.year * 12 + day.month - 1 for day in (window.since, window.until))
    return tuple(f"{month // 12}-{month % 12 + 1:02}" for month in range(first, last + 1))
