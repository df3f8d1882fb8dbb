"""The erasure of installations, and the end of what is older than it may be: both within a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb

from headcount.warehouse._port import Snapshot
from headcount.warehouse.duckdb._scripts import derive_again, run


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
