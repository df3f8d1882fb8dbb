"""What only `coverage` counts, each once a day: profiles without an install id, and bodies that were thrown away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from headcount.warehouse import derivation as rule
from headcount.warehouse.clickhouse._change import Change, Row
from headcount.warehouse.clickhouse._families import parts
from headcount.warehouse.clickhouse._snapshot import ClickHouseSnapshot, among

_KEYS: Mapping[str, tuple[int, str]] = {"anonymous": (1, "profile"), "drops": (2, "body")}
# What spreads the rows of a table over the shards: the column's place, and its name.


def add(change: Change, anonymous: Iterable[rule.Anonymous], drops: Iterable[rule.Drop]) -> None:
    """Add rows, but for those that are there."""
    for table, rows in _tables(anonymous, drops):
        place, key = _KEYS[table]
        held = {
            tuple(row)
            for some in parts(sorted({row[place] for row in rows}))
            for row in change.before.rows(table, among(key, some))
        }
        _write(change, table, [row for row in rows if tuple(row) not in held])


def move(change: Change, shift: rule.Shift) -> None:
    """Move what is later than the clock."""
    then, late = change.before, f"day > toDate('{rule.day_of(shift.end)}')"
    rowsets = {table: then.rowsets(table, late) for table in _KEYS}
    of = {table: among("rowset", found) for table, found in rowsets.items()}
    anonymous = shift.rows(rule.Anonymous(*row) for row in then.rows("anonymous", of["anonymous"]))
    drops = shift.rows(rule.Drop(*row) for row in then.rows("drops", of["drops"]))
    for table, rows in _tables(anonymous, drops):
        change.kill(rowsets[table])
        rest = {tuple(row) for row in _others(then, table, of[table])} if rows else set()
        _write(change, table, sorted(row for row in rows if tuple(row) not in rest))


def _tables(anonymous: Iterable[rule.Anonymous], drops: Iterable[rule.Drop]) -> Iterator[tuple[str, list[Any]]]:
    yield "anonymous", list(anonymous)
    yield "drops", list(drops)


def _others(then: ClickHouseSnapshot, table: str, condition: str) -> list[Any]:
    return then.rows(table, f"NOT ({condition})")


def _write(change: Change, table: str, rows: Iterable[Row]) -> None:
    """Write rows, those of a day as a row set."""
    rowsets: dict[date, int] = defaultdict(change.rowset)
    for row in rows:
        change.write(table, [row], rowsets[row[0]], row[_KEYS[table][0]])
