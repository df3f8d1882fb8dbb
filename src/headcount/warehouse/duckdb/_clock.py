"""Sightings and the clock: what is later than it is set apart, and what came under a wrong one is moved.

`headcount.warehouse.derivation` says what that comes to, and when it is due.
"""

from __future__ import annotations

import duckdb

from headcount.warehouse._port import Snapshot
from headcount.warehouse.derivation import is_time_due, stepped
from headcount.warehouse.duckdb._arrivals import latest
from headcount.warehouse.duckdb._scripts import derive_again, derive_from_batch, run

_DAY = 86_400  # seconds


def is_due(snapshot: Snapshot, now: float) -> bool:
    """Return whether something is later than the clock, or the time is to be noted again."""
    ((last, noted),) = snapshot.query(
        "SELECT (SELECT max(last) FROM latest), (SELECT max(value::BIGINT) FROM facts WHERE name = 'clock')", {}
    )
    return is_time_due(last, noted, now)


def keep_time(cursor: duckdb.DuckDBPyConnection, now: float) -> int:
    """Set apart, bring back, and note the time, within a transaction; return how many sightings moved."""
    (noted,) = cursor.execute("SELECT max(value::BIGINT) FROM facts WHERE name = 'clock'").fetchone() or (None,)
    moved = _set_apart(cursor, now)
    if stepped(noted, now):
        moved += _bring_back(cursor, noted, int(now))
    cursor.execute("DELETE FROM facts WHERE name = 'clock'")
    cursor.execute("INSERT INTO facts VALUES ('clock', ?)", [str(int(now))])
    return moved


def _set_apart(cursor: duckdb.DuckDBPyConnection, now: float) -> int:
    values = {"latest": latest(now)}
    cursor.execute("CREATE OR REPLACE TEMP TABLE apart AS SELECT * FROM sightings WHERE last > $latest", values)
    (count,) = cursor.execute("SELECT count(*) FROM apart").fetchone() or (0,)
    if count:
        run(cursor, "not_believed", values={"noted": int(now)})
        cursor.execute("DELETE FROM sightings WHERE last > $latest", values)
        cursor.execute("CREATE OR REPLACE TEMP TABLE again AS SELECT DISTINCT install FROM apart")
        cursor.execute("CREATE OR REPLACE TEMP TABLE touched_days AS SELECT DISTINCT day FROM apart")
        cursor.execute("CREATE OR REPLACE TEMP TABLE batch AS SELECT install, day FROM sightings LIMIT 0")
        run(cursor, "uncrowded")
        derive_again(cursor)
    return int(count)


def _bring_back(cursor: duckdb.DuckDBPyConnection, noted: int, now: int) -> int:
    span = {"noted": noted, "now": now}
    cursor.execute(
        """CREATE OR REPLACE TEMP TABLE fresh AS
        SELECT install, stock, profile, last AS received, crowded FROM later WHERE last > $noted AND last <= $now""",
        span,
    )
    cursor.execute("DELETE FROM later WHERE last > $noted AND last <= $now", span)
    run(cursor, "batch")
    (count,) = cursor.execute("SELECT count(*) FROM batch").fetchone() or (0,)
    if count:
        run(cursor, "claims", "crowded")
        derive_from_batch(cursor)
    return int(count)


def move(cursor: duckdb.DuckDBPyConnection, name: str, since: int, through: int, by: int) -> bool:
    """Move what was received from ``since`` through ``through`` by so many seconds; return False where that was done.

    ``name``: that of the move, which the warehouse remembers of the last one. What seemed later than a clock that was
    behind, and so was set apart, comes back. All times are Unix time.
    """
    if cursor.execute("FROM facts WHERE name = 'moved' AND value = ?", [name]).fetchone():
        return False
    values = {"since": since, "through": through, "by": by, "days": round(by / _DAY)}
    run(cursor, "move", values=values)
    if cursor.execute("FROM again LIMIT 1").fetchone():
        derive_again(cursor)
    run(cursor, "not_believed", values={"noted": through + by})
    run(cursor, "moved_claims", values=values)
    run(cursor, "uncrowded", "claims", "crowded")
    if cursor.execute("FROM batch LIMIT 1").fetchone():
        # `fresh` has all that is loaded from here on, though of equal reports of a day `batch` has the last alone.
        cursor.execute("INSERT INTO fresh SELECT install, 0, profile, last + $by, FALSE FROM wrong", {"by": by})
        derive_from_batch(cursor)
    if cursor.execute("FROM origins WHERE agrees IS NULL LIMIT 1").fetchone():
        run(cursor, "unjudged")
        derive_again(cursor)
    cursor.execute("DELETE FROM facts WHERE name = 'moved'")
    cursor.execute("INSERT INTO facts VALUES ('moved', ?)", [name])
    return True
