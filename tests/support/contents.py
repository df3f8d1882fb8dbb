"""What a warehouse holds, as its snapshots show it: the tables and columns that every engine has, and their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from headcount.warehouse import COLUMNS as PROFILE_COLUMNS
from headcount.warehouse import Asking, Parameters, Snapshot
from headcount.warehouse.clickhouse._snapshot import ClickHouseSnapshot
from headcount.warehouse.derivation import LONG_AGO

COLUMNS: Mapping[str, Sequence[str]] = {
    "profiles": ("profile", *(column.name for column in PROFILE_COLUMNS)),
    "classes": ("class", "name", "kind"),
    "sightings": ("install", "day", "profile", "last"),
    "month": ("m", "install", "profile", "days", "last"),
    "latest": ("install", "profile", "last"),
    "first": ("install", "release", "day", "upto"),
    "births": ("install", "day", "second", "earliest"),
    "spells": ("install", "profile", "day", "upto"),
    "pairs": ("install", "stock", "confirmed", "stock_until"),
    "pair_sightings": ("install", "day", "profile", "last"),
    "anonymous": ("day", "profile"),
    "drops": ("day", "kind", "body"),
    "quarantine": ("install", "came", "released"),
    "floods": ("day", "newcomers", "bound"),
    "daily": ("day", "installs", "newcomers"),
    "comebacks": ("install", "day"),
    "origins": ("install", "stock", "first_at", "first_profile", "agrees"),
    "repeats": ("install", "profile", "last"),
    "crowded": ("install", "day"),
    "later": ("install", "profile", "last", "noted", "stock", "crowded"),
    "reports": ("report", "day"),
    "tombstones": ("install", "until"),
    "veterans": ("install",),
    "published": ("install", "profile"),
}
"""The columns of each table that hold what was reported and what was derived of it, or asked of the warehouse."""

ASKED = tuple(COLUMNS)[: tuple(COLUMNS).index("comebacks")]
"""The tables that questions ask."""

REPORTED = (
    *("profiles", "sightings", "month", "latest", "first", "births", "spells", "pairs", "pair_sightings"),
    *("daily", "origins", "reports", "anonymous", "drops"),
)
"""The tables that are the same wherever the same arrivals come to the same."""

Row = tuple[object, ...]
Contents = dict[str, list[Row]]
"""The rows of each table, in an order that is the same on all engines."""


def rows(warehouse: Asking, sql: str, parameters: Parameters | None = None) -> list[Row]:
    """Return the rows of one statement, which keeps to what all engines read."""
    with warehouse.snapshot() as snapshot:
        return snapshot.query(sql, parameters or {})


def table(warehouse: Asking, name: str, *columns: str) -> list[Row]:
    """Return the rows of a table, or these columns of them, in order."""
    with warehouse.snapshot() as snapshot:
        return _table(snapshot, name, columns or COLUMNS[name])


def contents(warehouse: Asking, names: Iterable[str] = COLUMNS) -> Contents:
    """Return the rows of all tables, or of these, of one moment."""
    with warehouse.snapshot() as snapshot:
        return contents_of(snapshot, names)


def contents_of(snapshot: Snapshot, names: Iterable[str] = COLUMNS) -> Contents:
    """Return the rows of all tables that a snapshot shows, or of these."""
    return {name: _table(snapshot, name, COLUMNS[name]) for name in names}


def everything(warehouse: Asking) -> Contents:
    """Return what was reported and what is derived of it, of one moment; not what was set apart, erased or noted beside."""
    return contents(warehouse, REPORTED)


def held_since(snapshot: Snapshot) -> date | None:
    """Return the day before which the last retention took sightings away; None where there was none."""
    if isinstance(snapshot, ClickHouseSnapshot):
        return None if snapshot.state.held_since == LONG_AGO else snapshot.state.held_since
    value = fact(snapshot, "held since")
    return None if value is None else date.fromisoformat(value)


def fact(snapshot: Snapshot, name: str) -> str | None:
    """Return what a warehouse noted of itself under a name; None where there is nothing."""
    values = snapshot.query("SELECT value FROM facts WHERE name = $name", {"name": name})
    return str(values[0][0]) if values else None


def _table(snapshot: Snapshot, name: str, columns: Sequence[str]) -> list[Row]:
    return sorted(snapshot.query(f"SELECT {', '.join(columns)} FROM {name}", {}), key=_order)


def _order(row: Row) -> list[tuple[bool, object]]:
    return [(cell is not None, cell) for cell in row]
