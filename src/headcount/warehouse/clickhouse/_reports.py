"""The ids of reports: a report that was sent again is known by its id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from headcount.warehouse import derivation as rule
from headcount.warehouse.clickhouse._change import Change
from headcount.warehouse.clickhouse._families import parts
from headcount.warehouse.clickhouse._snapshot import among


def held(change: Change, ids: Collection[int]) -> set[int]:
    """Return those of the ids that are held."""
    return {report for some in parts(sorted(ids)) for report, _ in change.before.rows("reports", among("report", some))}


def add(change: Change, days: dict[int, date]) -> None:
    """Add ids, each with the day on which it came first."""
    _write(change, days.items())


def move(change: Change, shift: rule.Shift) -> None:
    """Move the days of ids; they stay known, whenever they came."""
    since = rule.day_of(min(shift.since, shift.end))
    rowsets = change.before.rowsets("reports", f"day >= toDate('{since}')")
    if rowsets:
        change.kill(rowsets)
        rows = change.before.rows("reports", among("rowset", rowsets))
        _write(change, ((report, shift.day_of_id(day)) for report, day in rows))


def expire(change: Change, before: date) -> None:
    """Forget the ids that came before a day."""
    change.kill(change.before.rowsets("reports", f"day < toDate('{before}')"))


def _write(change: Change, rows: Iterable[tuple[int, date]]) -> None:
    """Write rows, those of a day as a row set."""
    rowsets: dict[date, int] = defaultdict(change.rowset)
    for row in rows:
        change.write("reports", [row], rowsets[row[1]], row[0])
