"""The quarantine, brought up to date by the flood rule within a transaction."""

from __future__ import annotations

import duckdb

from headcount.warehouse._floods import FloodRule
from headcount.warehouse.duckdb._scripts import run

_BOUNDS = """
CREATE OR REPLACE TEMP TABLE bounds AS
SELECT
    day,
    newcomers,
    CASE
        WHEN day < first_day + $grace THEN 4294967295
        ELSE least(4294967295, greatest($floor, floor($factor * coalesce(expected, 0))))::UINTEGER
    END AS bound
FROM (
    SELECT
        day,
        coalesce(born, 0) AS newcomers,
        min(day) OVER () AS first_day,
        median(coalesce(born, 0)) OVER (ORDER BY day ROWS BETWEEN {history} PRECEDING AND 1 PRECEDING) AS expected
    FROM (
        SELECT unnest(generate_series(min(day), max(day), INTERVAL 1 DAY))::DATE AS day
        FROM (SELECT min(day) AS day FROM births UNION ALL SELECT max(m) + INTERVAL 1 MONTH FROM month)
    )
    LEFT JOIN (
        SELECT earliest AS day, count(*) AS born FROM births WHERE earliest = day GROUP BY earliest
    ) USING (day)
)
"""


def set_apart(cursor: duckdb.DuckDBPyConnection, rule: FloodRule) -> None:
    """Bring the quarantine up to date with births and with the sightings in ``batch`` (install, day)."""
    statement = _BOUNDS.replace("{history}", str(rule.history))  # a frame of a window cannot be bound
    cursor.execute(statement, {"floor": rule.floor, "factor": rule.factor, "grace": rule.grace})
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE floods_now AS SELECT day, newcomers, bound FROM bounds WHERE newcomers > bound"
    )
    row = cursor.execute("SELECT (SELECT count(*) FROM floods_now) + (SELECT count(*) FROM floods)").fetchone()
    if row is not None and row[0]:
        run(cursor, "quarantine")


def set_apart_again(cursor: duckdb.DuckDBPyConnection, rule: FloodRule) -> None:
    """Compute the quarantine anew, where sightings may be gone."""
    for table in ("floods", "comebacks", "quarantine"):
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608  # our own names
    cursor.execute("CREATE OR REPLACE TEMP TABLE batch AS SELECT install, day FROM sightings LIMIT 0")
    set_apart(cursor, rule)
