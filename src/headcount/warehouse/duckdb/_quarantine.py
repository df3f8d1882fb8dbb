"""The quarantine, brought up to date by the flood rule within a transaction.

Whether who comes back on a day is believed depends on who was believed before, day by day. The tables hold what is believed:
all days are judged by it, and where that changes the tables, they are judged again. Each time at least one more day is right
from the beginning on, and mostly all are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import duckdb

from headcount.warehouse._floods import Days, FloodRule, judge
from headcount.warehouse.duckdb._scripts import derive_again, run

_NEWCOMERS = """
SELECT date_diff('day', DATE '1970-01-01', earliest), count(*) FROM births ANTI JOIN crowded USING (install, day)
WHERE earliest = day
GROUP BY earliest
"""
# Who was never set apart; the others are confirmed when they are released.
_CONFIRMED = """
SELECT date_diff('day', DATE '1970-01-01', second), count(*) FROM births ANTI JOIN quarantine USING (install)
WHERE second < DATE '2100-01-01'
GROUP BY second
"""
_REPORTED = "SELECT date_diff('day', DATE '1970-01-01', day) FROM daily WHERE installs > 0"
_NEW_COMEBACKS = """
INSERT INTO comebacks
SELECT DISTINCT install, day FROM batch JOIN quarantine USING (install) ANTI JOIN comebacks USING (install, day)
WHERE day > came
"""
_LISTED = 500  # on most days more than are released
# In the end nobody is left out here who is not released before that day: `set_apart` goes on until nothing changes.
_RETURNERS = """
SELECT date_diff('day', DATE '1970-01-01', comebacks.day), install
FROM comebacks JOIN quarantine USING (install)
WHERE comebacks.day <= released
QUALIFY row_number() OVER (PARTITION BY comebacks.day ORDER BY came, install) <= $listed
ORDER BY came, install
"""
_RETURNERS_OF_DAY = """
SELECT install
FROM comebacks JOIN quarantine USING (install)
WHERE comebacks.day = DATE '1970-01-01' + $day AND comebacks.day <= released
ORDER BY came, install
LIMIT $listed
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
    unnest($flood::BOOLEAN[]) AS flood
"""
_LET_GO = """
CREATE OR REPLACE TEMP TABLE let_go AS
SELECT unnest($install::UBIGINT[]) AS install, DATE '1970-01-01' + unnest($day::INTEGER[]) AS day
"""


def set_apart(cursor: duckdb.DuckDBPyConnection, rule: FloodRule) -> None:
    """Bring the quarantine up to date with births and with the new sightings, ``batch`` (install, day)."""
    first, last = cursor.execute(_SPAN).fetchone() or (None, None)
    newcomers = dict(cursor.execute(_NEWCOMERS).fetchall())
    reported = {day for (day,) in cursor.execute(_REPORTED).fetchall()}
    cursor.execute(_NEW_COMEBACKS)
    changed = first is not None
    while changed:
        confirmed = dict(cursor.execute(_CONFIRMED).fetchall())
        days = Days(reported, newcomers, confirmed, _Returners(cursor).choose)
        verdicts = list(judge(rule, first, last, days))
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
            },
        )
        let_go = [(install, verdict.day) for verdict in verdicts for install in verdict.released]
        cursor.execute(_LET_GO, {"install": [install for install, _ in let_go], "day": [day for _, day in let_go]})
        run(cursor, "quarantine")
        (changed,) = cursor.execute("SELECT EXISTS (FROM quarantine_changes)").fetchone() or (True,)


class _Returners:
    """Who comes back on a day while set apart, the oldest first."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor
        self._first: defaultdict[int, list[int]] = defaultdict(list)
        for day, install in cursor.execute(_RETURNERS, {"listed": _LISTED}).fetchall():
            self._first[day].append(install)

    def choose(self, day: int, most: int, released: Collection[int]) -> list[int]:
        """Return at most so many of a day (days since 1970) that are not released yet."""
        listed = self._first.get(day, [])
        found = [install for install in listed if install not in released]
        if len(found) < most and len(listed) == _LISTED:
            rows = self._cursor.execute(_RETURNERS_OF_DAY, {"day": day, "listed": most + len(released)}).fetchall()
            found = [install for (install,) in rows if install not in released]
        return found[:most]


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
