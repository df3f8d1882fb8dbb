"""What the warehouse knows of itself, by name."""

from __future__ import annotations

from headcount.warehouse.clickhouse._snapshot import ClickHouseSnapshot


def fact(read: ClickHouseSnapshot, name: str) -> str | None:
    """Return the value of a fact that there is once at most; None where there is none. Raises `WarehouseUnavailable`."""
    rows = read.query("SELECT value FROM facts WHERE name = $name", {"name": name})
    return str(rows[0][0]) if rows else None


def clock(read: ClickHouseSnapshot) -> int | None:
    """Return when the time was noted last, Unix time; None where it was not. Raises `WarehouseUnavailable`."""
    value = fact(read, "clock")
    return None if value is None else int(value)
