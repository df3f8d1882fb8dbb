"""Taking over what another warehouse knew beside its reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from headcount.warehouse import derivation as rule
from headcount.warehouse._floods import FloodRule
from headcount.warehouse._port import HELD_SINCE, Cells
from headcount.warehouse.clickhouse import _coverage, _reports
from headcount.warehouse.clickhouse._change import Change, Unit
from headcount.warehouse.clickhouse._families import TOGETHER, Families, Family, all_families
from headcount.warehouse.clickhouse._groups import Groups
from headcount.warehouse.clickhouse._quarantine import finish

_OF_INSTALLATIONS = ("origins", "repeats", "crowded", "veterans", "tombstones")
_WHOLE = {"facts": Unit.FACTS, "published": Unit.PUBLISHED}

Tables = Mapping[str, Sequence[Cells]]
"""Rows of `headcount.warehouse.TAKEN_OVER`."""


def take_over(change: Change, tables: Tables, floods: FloodRule) -> None:
    """Add rows, and derive all anew; see `headcount.warehouse.Keeping.take_over`."""
    change.corrects = True
    for name, value in tables.get("facts", ()):
        if name == HELD_SINCE:
            change.held_since = max(date.fromisoformat(value), change.held_since)
    for table, unit in _WHOLE.items():
        _add(change, unit, table, tables.get(table, ()))
    _add_receipts(change, tables.get("receipts", ()))
    documents = {tuple(row) for row in tables.get("documents", ())} - {*change.before.rows("documents", "1")}
    change.write("documents", sorted(documents), change.rowset())
    _coverage.add(change, [], [rule.Drop(*row) for row in tables.get("drops", ())])
    days: dict[int, date] = dict(tables.get("reports", ()))
    held = _reports.held(change, days)
    _reports.add(change, {report: day for report, day in days.items() if report not in held})
    families = Families(change, anew=True)
    taken = _by_installation(tables)
    for names in _parts(change, tables):
        families.change(names, partial(_merged, {name: taken[name] for name in names if name in taken}))
    finish(change, families, floods, [rule.Daily(*row) for row in tables.get("daily", ())])


def _add(change: Change, unit: Unit, table: str, rows: Sequence[Cells]) -> None:
    held = change.before.rows(table, "1")
    new = {tuple(row) for row in rows} - {*held}
    if new:
        change.rewrite(unit, {table: [*held, *sorted(new)]})


def _add_receipts(change: Change, rows: Sequence[Cells]) -> None:
    """Add receipts; what was deleted there is as old here as this change."""
    held = change.before.rows("receipts", "1")
    known = {(name, asked, disk) for name, asked, disk, _ in held}
    new = {(name, asked, disk or 0) for name, asked, disk in rows} - known
    if new:
        change.rewrite(Unit.RECEIPTS, {"receipts": [*held, *((*row, change.version) for row in sorted(new))]})


_OfInstallation = Mapping[str, Sequence[Cells]]  # the rows of one, by table


def _by_installation(tables: Tables) -> dict[int, _OfInstallation]:
    taken: dict[int, defaultdict[str, list[Cells]]] = defaultdict(lambda: defaultdict(list))
    for table in _OF_INSTALLATIONS:
        for row in tables.get(table, ()):
            taken[row[0]][table].append(row)
    return {**taken}


def _merged(taken: Mapping[int, _OfInstallation], family: Family) -> rule.Changed:
    """Return what is held of families with what is taken over of them, by installation."""

    def rows(table: str) -> Iterator[Cells]:
        return (row for of_one in taken.values() for row in of_one.get(table, ()))

    base = family.base
    origins = {origin.install: origin for origin in base.origins} | {
        row[0]: rule.Origin(*row) for row in rows("origins")
    }
    tombstones = dict(base.tombstones)
    for install, until in rows("tombstones"):
        tombstones[install] = max(until, tombstones.get(install, until))
    return rule.Changed(
        replace(
            base,
            origins=[*origins.values()],
            repeats={*base.repeats, *(rule.Repeat(*row) for row in rows("repeats"))},
            crowded={*base.crowded, *(rule.Crowded(*row) for row in rows("crowded"))},
            veterans={*base.veterans, *(row[0] for row in rows("veterans"))},
            tombstones=tombstones,
        )
    )


def _parts(change: Change, tables: Tables) -> Iterator[list[int]]:
    """Yield all families, those together that become others."""
    groups = Groups()
    for name in all_families(change.before):
        groups.join([name])
    held: list[Any] = change.before.rows("origins", "1")
    for install, stock, *_ in (*held, *tables.get("origins", ())):
        groups.join([install, stock])
    for table in _OF_INSTALLATIONS:
        for row in tables.get(table, ()):
            groups.join([row[0]])
    return groups.parts(TOGETHER)
