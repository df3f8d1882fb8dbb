"""The computation of a publication: every public table over confirmed installations, protected."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import NamedTuple

from headcount.questions._answer import Answer
from headcount.questions._protection import Protection, Tallies, Tally, fold
from headcount.questions._public_tables import FEW, PUBLIC_TABLES, RARE, TABLES_OF_FEW, PublicTable
from headcount.questions._publication import Publication, last_day
from headcount.questions._sql import compose
from headcount.questions._windows import Window, alive
from headcount.warehouse import Cells, Parameters, Snapshot, States

_MONTHS = 12
# The places of a statement with which it counts, and with which it adds up record keys.
_SUMS: tuple[Mapping[str, str], ...] = ({}, {"one": "record_key", "weighed": "weighed_keys"})
_CONFIRMED = dict.fromkeys(("matching", "members", "existing"), "twice")  # keeps to confirmed installations


class TooFew(Exception):
    """There are too few confirmed installations for a publication."""


class Computed(NamedTuple):
    """A publication, and the states that its tables count; None: its tables are those of an older publication."""

    publication: Publication
    states: States | None


def compute(
    snapshot: Snapshot,
    *,
    week: str,
    k: int,
    before: Publication | None = None,
    then: States | None = None,
    listed: Sequence[PublicTable] | None = None,
) -> Computed:
    """Return the publication of a week, protected: every public table, or of few installations `TABLES_OF_FEW`.

    ``listed``: these tables, however few the installations are.

    ``before``: the last publication; ``then``: the states that its tables count. Where fewer than k
    installations came, went or changed since, its tables are taken over, so that few installations
    never move a figure. Without ``then`` the states are what is known by now of that week's end, which
    differs once history was imported. A table of ``before`` that has the same window is taken over too.

    Raises `TooFew` where the number of all installations, the first table's denominator, comes out
    under k, and ValueError for a wrong week or k.
    """
    until = last_day(week)
    protection = Protection(k)
    now = _states(snapshot, until)
    published = {}
    if before is not None:
        then = _states(snapshot, last_day(before.computed)) if then is None else then
        if _changed(then, now) < k:
            tables = before.tables if listed else _taken_over(before.tables)
            return Computed(dataclasses.replace(before, week=week, tables=tables), None)
        published = {
            (table.question, table.by, table.grain, table.since, table.until): table for table in before.tables
        }

    def made(table: PublicTable) -> Answer:
        window = _window(table, until)
        grain = table.breakdown.shown.grain
        earlier = published.get((table.question, table.by, grain, window.since, window.until))
        return earlier or _table(snapshot, table, window, until, protection)

    everybody = made((listed or TABLES_OF_FEW)[0]).denominator
    if everybody is None:
        raise TooFew(f"there were fewer than {k} confirmed installations at the end of {week}")
    chosen = listed or (TABLES_OF_FEW if everybody < FEW else PUBLIC_TABLES)
    return Computed(Publication(week, k, tuple(map(made, chosen)), week), now)


def _taken_over(tables: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Return of an older publication's tables those that may be published again.

    An older Headcount published all of them of few installations too; of those the number alone is taken.
    """
    everybody = tables[0].denominator or 0
    if everybody >= FEW or len(tables) <= len(TABLES_OF_FEW):
        return tables
    return (dataclasses.replace(tables[0], rows=tuple(row for row in tables[0].rows if row["state"] == "alive")),)


def states_statement() -> str:
    """Return the SQL of the confirmed installations, each with its profile."""
    return compose("states", _CONFIRMED)


def _states(snapshot: Snapshot, until: date) -> States:
    return dict(snapshot.query(states_statement(), alive(until).parameters(None)))


def _changed(then: States, now: States) -> int:
    """Return how many confirmed installations came, went, or reported another profile."""
    return sum(then.get(install) != now.get(install) for install in then.keys() | now.keys())


def _window(table: PublicTable, until: date) -> Window:
    return alive(until) if table.window == "alive" else _whole_months(until)


def statements(table: PublicTable) -> list[str]:
    """Return every statement that computing a table runs, for two example names: the rows, the
    denominator, rare names.

    Each is there twice: as it counts, and as it adds up record keys.
    """
    listed: list[tuple[str, Mapping[str, str]]] = [
        (table.breakdown.statement.file, {}),
        (table.breakdown.scope.denominator, {}),
    ]
    listed += [(names.rare, _names(2)) for names in table.names if names.rare is not None]
    return [_statement(table, name, {**fill, **key}) for name, fill in listed for key in _SUMS]


def _table(snapshot: Snapshot, table: PublicTable, window: Window, until: date, protection: Protection) -> Answer:
    breakdown = table.breakdown
    parameters: Parameters = {**window.parameters(None), **breakdown.parameters}
    denominator = protection.figure(_denominator(snapshot, table, parameters))
    tallies = _tallies(snapshot, table, parameters, breakdown.statement.file)
    for names in table.names:
        place = table.keys.index(names.column)
        named = protection.named(place, tallies, table.noise)
        if names.rare is None:
            tallies = fold(named, place, tallies)
        else:
            given = {f"name{number}": name for number, name in enumerate(sorted(named) or [RARE])}
            rare = _tallies(snapshot, table, {**parameters, **given}, names.rare, _names(len(given)))
            tallies = {**{cell: counts for cell, counts in tallies.items() if cell[place] in named}, **rare}
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
        grain=breakdown.shown.grain,
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
    """Return the cells of a table, each count with its key; the statement runs for each of the two."""
    counts, keys = (_cells(snapshot, table, parameters, statement, {**fill, **sums}) for sums in _SUMS)
    return {
        cell: dict(zip(table.counts, map(Tally, numbers, keys[cell]), strict=True)) for cell, numbers in counts.items()
    }


def _cells(
    snapshot: Snapshot, table: PublicTable, parameters: Parameters, statement: str, fill: Mapping[str, str]
) -> dict[tuple[str, ...], tuple[int, ...]]:
    """Return the sums of each cell.

    Rows of the statement that fall into one cell have no installation in common.
    """
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
    results = [snapshot.query(statement(sums), parameters) for sums in _SUMS]
    return Tally(*(sum(row[-1] for row in rows) for rows in results))


def _names(names: int) -> dict[str, str]:
    """Return the place of a statement for so many published names: ``$name0``, ``$name1`` and so on."""
    return {"said": ", ".join(f"$name{number}" for number in range(names))}


def _whole_months(until: date) -> Window:
    """Return the last `_MONTHS` months that are over by the end of a day."""
    end = (until + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    months = end.year * 12 + end.month - _MONTHS
    return Window(date(months // 12, months % 12 + 1, 1), end)


def _months(window: Window) -> tuple[str, ...]:
    first, last = (day.year * 12 + day.month - 1 for day in (window.since, window.until))
    return tuple(f"{month // 12}-{month % 12 + 1:02}" for month in range(first, last + 1))
