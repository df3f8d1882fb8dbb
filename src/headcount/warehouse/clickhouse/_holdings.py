"""What is held of an installation, and with whom it is one."""

from __future__ import annotations

from datetime import UTC, datetime

from headcount.warehouse._columns import COLUMNS
from headcount.warehouse._port import Holding
from headcount.warehouse.clickhouse._snapshot import ClickHouseSnapshot, among


def holding(snapshot: ClickHouseSnapshot, install: int) -> Holding:
    """Return what is held of an installation, by its pseudonym."""
    values = {"install": install}
    rows = snapshot.query(
        "SELECT day, last, profile FROM sightings WHERE install = $install ORDER BY last, profile", values
    )
    later = snapshot.query("SELECT last, profile FROM later WHERE install = $install ORDER BY last", values)
    keys = list(dict.fromkeys(key for *_, key in [*rows, *later]))
    return Holding(
        [{"day": str(day), "last": _stamp(last), "profile": keys.index(key)} for day, last, key in rows],
        _described(snapshot, keys),
        [_stamp(last) for last, _ in later],
    )


def heirs(snapshot: ClickHouseSnapshot, stock: int) -> list[int]:
    """Return the pseudonyms with a secret that came with this stock pseudonym."""
    values = {"stock": stock}
    found = {
        install
        for table in ("origins", "later")
        for (install,) in snapshot.query(f"SELECT install FROM {table} WHERE stock = $stock", values)  # noqa: S608  # our own names
    }
    return sorted(found)


def stock_half(snapshot: ClickHouseSnapshot, install: int) -> int | None:
    """Return the stock pseudonym that is one installation with this one; None where there is none, or no certainty.

    The secret must have been seen on two days, and be the only one that came with the id of that stock pseudonym.
    """
    rows = snapshot.query(
        "SELECT stock FROM pairs WHERE install = $install AND confirmed < toDate('2100-01-01') "
        "AND stock NOT IN (SELECT stock FROM origins WHERE install != $install)",
        {"install": install},
    )
    return int(rows[0][0]) if rows else None


def _described(snapshot: ClickHouseSnapshot, keys: list[int]) -> list[dict[str, object]]:
    """Return what profiles say, by column, in the order of ``keys``; the classes are spelt out."""
    if not keys:
        return []
    classes = {
        number: (name, kind) for number, name, kind in snapshot.query("SELECT class, name, kind FROM classes", {})
    }
    columns = [column.name for column in COLUMNS]
    rows = snapshot.query(
        f"SELECT profile, {', '.join(columns)} FROM profiles WHERE {among('profile', keys)}",  # noqa: S608  # our own names
        {},
    )
    found: dict[int, dict[str, object]] = {}
    for key, *values in rows:
        said: dict[str, object] = {}
        for name, value in zip(columns, values, strict=True):
            if name == "classes":
                said |= {"names": [classes[each][0] for each in value], "kinds": [classes[each][1] for each in value]}
            elif name == "variety_classes":
                said["variety_names"] = [classes[each][0] for each in value]
            else:
                said[name] = value
        found[key] = said
    return [found[key] for key in keys if key in found]


def _stamp(last: int) -> str:
    return datetime.fromtimestamp(last, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
