"""The quarantine, brought up to date by the flood rule within a transaction.

Whether who comes back on a day is believed depends on who was believed before, day by day. The tables hold what is believed:
all days are judged by it, and where that changes the tables, they are judged again. Each time at least one more day is right
from the beginning on, and mostly all are.
"""

from __future__ import annotations

import duckdb

from headcount.warehouse._floods import Days, FloodRule, judge
from headcount.warehouse.duckdb._scripts import derive_again, run

_NEWCOMERS = """
SELECT date_diff('day', DATE '1970-01-01', earliest), count(*) FROM births ANTI JOIN crowded USING (install, day)
WHERE earliest = day
GROUP BY earliest
"""
# Who is set apart is not confirmed before it is released.
_CONFIRMED = """
SELECT date_diff('day', DATE '1970-01-01', day), sum(one)::BIGINT
FROM (
    SELECT second AS day, 1 AS one FROM births
    UNION ALL
    SELECT second AS day, -1 AS one FROM births SEMI JOIN quarantine USING (install)
    UNION ALL
    SELECT released AS day, 1 AS one FROM quarantine
)
WHERE day < DATE '2100-01-01'
GROUP BY day
"""
_RETURNERS = """
SELECT date_diff('day', DATE '1970-01-01', comebacks.day), count(*)
FROM comebacks JOIN quarantine USING (install)
WHERE comebacks.day <= released
GROUP BY comebacks.day
"""
_SPAN = """
SELECT
    (SELECT date_diff('day', DATE '1970-01-01', min(day)) FROM births),
    (SELECT date_diff('day', DATE '1970-01-01', (max(m) + INTERVAL 1 MONTH)::DATE) FROM month)
"""
_JUDGED = """
CREATE OR REPLACE TEMP TABLE judged AS
SELECT
    DATE '1970-01-01' + unnest($day::INTEGER[]) AS day,
    unnest($bound::UINTEGER[]) AS bound,
    unnest($flood::BOOLEAN[]) AS flood,
    unnest($calm::BOOLEAN[]) AS calm
"""


def set_apart(cursor: duckdb.DuckDBPyConnection, rule: FloodRule) -> None:
    """Bring the quarantine up to date with births and with the new sightings, ``batch`` (install, day)."""
    first, last = cursor.execute(_SPAN).fetchone() or (None, None)
    newcomers = dict(cursor.execute(_NEWCOMERS).fetchall())
    changed = first is not None
    while changed:
        counts = (dict(cursor.execute(query).fetchall()) for query in (_CONFIRMED, _RETURNERS))
        verdicts = list(judge(rule, first, last, Days(newcomers, *counts)))
        (any_apart,) = cursor.execute("SELECT EXISTS (FROM quarantine) OR EXISTS (FROM crowded)").fetchone() or (True,)
        if not any_apart and all(verdict.newcomers_believed for verdict in verdicts):
            cursor.execute("DELETE FROM floods")
            return
        cursor.execute(
            _JUDGED,
            {
                "day": [verdict.day for verdict in verdicts],
                "bound": [verdict.bound for verdict in verdicts],
                "flood": [not verdict.newcomers_believed for verdict in verdicts],
                "calm": [verdict.returners_believed for verdict in verdicts],
            },
        )
        run(cursor, "quarantine")
        (changed,) = cursor.execute("SELECT EXISTS (FROM quarantine_changes)").fetchone() or (True,)


def set_apart_again(cursor: duckdb.DuckDBPyConnection, rule: FloodRule) -> None:
    """Compute the quarantine anew, where sightings may be gone."""
    for table in ("floods", "comebacks", "quarantine"):
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608  # our own names
    cursor.execute("CREATE OR REPLACE TEMP TABLE batch AS SELECT install, day FROM sightings LIMIT 0")
    set_apart(cursor, rule)


def rebuild(cursor: duckdb.DuckDBPyConnection, rule: FloodRule) -> None:
    """Compute all derived tables anew from the sightings and profiles, the quarantine last."""
    run(cursor, "rebuild")
    derive_again(cursor)
    set_apart_again(cursor, rule)
