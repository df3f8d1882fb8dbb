"""Quarantine: made-up installations that come in a flood are set apart, by what the days before let expect.

No address is kept, so nothing tells one made-up installation from a real one but that many come together. On each day so
many newcomers are believed as the rule's bound says. Where more come, all newcomers of that day are set apart, since which
of them are real cannot be told; each is released on the first later day on which no more of those set apart come back than
are believed of newcomers. So a flood that comes back day after day is not released, however long; who was real and caught in
it is released when it reports on a calmer day.

What it cannot do: a trickle within the bound, of which each is sent on two days, is believed, so that at most so many
made-up installations a day are confirmed. The median holds while fewer than half of the days before are flooded.
"""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple

import duckdb


class FloodRule(NamedTuple):
    """How many newcomers are believed on a day: ``factor`` times the median of the ``history`` days before, or ``floor``.

    In the first ``grace`` days of the data there is nothing to compare with, and all are.
    """

    floor: int = 50
    factor: int = 5
    history: int = 56
    grace: int = 28


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
        script = files("headcount.warehouse.duckdb").joinpath("sql", "quarantine.sql").read_text(encoding="utf-8")
        cursor.execute(script)


def set_apart_again(cursor: duckdb.DuckDBPyConnection, rule: FloodRule) -> None:
    """Make the quarantine anew, where sightings may be gone."""
    for table in ("floods", "comebacks", "quarantine"):
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608  # our own names
    cursor.execute("CREATE OR REPLACE TEMP TABLE batch AS SELECT install, day FROM sightings LIMIT 0")
    set_apart(cursor, rule)
