"""Taking over what another warehouse knew beside its reports."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
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
    receipts = [(name, asked, disk or 0, change.version) for name, asked, disk in tables.get("receipts", ())]
    _add(change, Unit.RECEIPTS, "receipts", receipts)
    documents = {tuple(row) for row in tables.get("documents", ())} - {*change.before.rows("documents", "1")}
    change.write("documents", sorted(documents), change.rowset())
    _coverage.add(change, [], [rule.Drop(*row) for row in tables.get("drops", ())])
    days: dict[int, date] = dict(tables.get("reports", ()))
    known = _reports.known(change, days)
    _reports.add(change, {report: day for report, day in days.items() if report not in known})
    families = Families(change, anew=True)
    for names in _parts(change, tables):
        families.change(names, partial(_merged, tables, {*names}))
    finish(change, families, floods, [rule.Daily(*row) for row in tables.get("daily", ())])


def _add(change: Change, unit: Unit, table: str, rows: Sequence[Cells]) -> None:
    held = change.before.rows(table, "1")
    new = {tuple(row) for row in rows} - {*held}
    if new:
        change.rewrite(unit, {table: [*held, *sorted(new)]})


def _merged(tables: Tables, names: Collection[int], family: Family) -> rule.Changed:
    """Return what is held of families with what is taken over of them."""
    base = family.base
    taken = {name: [row for row in tables.get(name, ()) if row[0] in names] for name in _OF_INSTALLATIONS}
    origins = {origin.install: origin for origin in base.origins}
    origins |= {row[0]: rule.Origin(*row) for row in taken["origins"]}
    tombstones = dict(base.tombstones)
    for install, until in taken["tombstones"]:
        tombstones[install] = max(until, tombstones.get(install, until))
    return rule.Changed(
        replace(
            base,
            origins=[*origins.values()],
            repeats={*base.repeats, *(rule.Repeat(*row) for row in taken["repeats"])},
            crowded={*base.crowded, *(rule.Crowded(*row) for row in taken["crowded"])},
            veterans={*base.veterans, *(row[0] for row in taken["veterans"])},
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
