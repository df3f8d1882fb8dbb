"""What is held of an installation, its erasure, and the end of what is older than it may be: all within a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import duckdb

from headcount.warehouse._port import Holding, Snapshot
from headcount.warehouse.duckdb._descriptions import DESCRIBED, DESCRIPTIONS
from headcount.warehouse.duckdb._scripts import derive_again, run


def holding(snapshot: Snapshot, install: int) -> Holding:
    """Return what is held of an installation, by its pseudonym."""
    rows = snapshot.query(
        "SELECT day, last, profile FROM sightings WHERE install = $install ORDER BY last, profile", {"install": install}
    )
    later = snapshot.query(
        "SELECT last, profile FROM later WHERE install = $install ORDER BY last", {"install": install}
    )
    keys = list(dict.fromkeys(key for *_, key in [*rows, *later]))
    profiles = []
    for key in keys:
        described = snapshot.query(f"{DESCRIPTIONS} WHERE profile = $key", {"key": key})
        profiles += [dict(zip(DESCRIBED[1:], values[1:], strict=True)) for values in described]
    return Holding(
        [{"day": str(day), "last": _stamp(last), "profile": keys.index(key)} for day, last, key in rows],
        profiles,
        [_stamp(last) for last, _ in later],
    )


def heirs(snapshot: Snapshot, stock: int) -> list[int]:
    """Return the pseudonyms with a secret that came with this stock pseudonym."""
    rows = snapshot.query(
        "SELECT install FROM origins WHERE stock = $stock UNION SELECT install FROM later WHERE stock = $stock ORDER BY 1",
        {"stock": stock},
    )
    return [install for (install,) in rows]


def stock_half(snapshot: Snapshot, install: int) -> int | None:
    """Return the stock pseudonym that is one installation with this one; None where there is none, or no certainty.

    The secret must have been seen on two days, and be the only one that came with the id of that stock pseudonym.
    """
    rows = snapshot.query(
        """SELECT stock FROM pairs
        WHERE install = $install AND confirmed < DATE '2100-01-01'
            AND stock NOT IN (SELECT stock FROM origins WHERE install != $install)""",
        {"install": install},
    )
    return int(rows[0][0]) if rows else None


def erase(cursor: duckdb.DuckDBPyConnection, installs: Sequence[int], until: int) -> None:
    """Take installations out of all tables, and let nothing in again that was received up to ``until``, Unix time."""
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE gone AS SELECT unnest($installs::UBIGINT[]) AS install, $until::BIGINT AS until",
        {"installs": list(installs), "until": until},
    )
    run(cursor, "erase")
    derive_again(cursor)
    run(cursor, "unused")


def oldest(snapshot: Snapshot) -> tuple[date | None, date | None]:
    """Return the oldest day of which a sighting is held, and that of the ids of reports; None where there is none."""
    rows = snapshot.query("SELECT (SELECT min(day) FROM sightings), (SELECT min(day) FROM reports)", {})
    return rows[0][0], rows[0][1]


def expire(cursor: duckdb.DuckDBPyConnection, before: date) -> None:
    """Take away the sightings from before a day; see `headcount.warehouse.Keeping.expire`."""
    run(cursor, "expire", values={"before": before.isoformat()})
    derive_again(cursor)
    run(cursor, "unused")


def _stamp(last: int) -> str:
    return datetime.fromtimestamp(last, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
