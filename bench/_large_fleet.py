"""A large fleet in a warehouse: configurations of a simulated one, spread over many installations and two years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import duckdb

from headcount import fleet
from headcount.contract import REPORTS_PATH, read_report, read_stock, vocabulary
from headcount.fleet import Event
from headcount.warehouse import COLUMNS
from headcount.warehouse._classes import Classes
from headcount.warehouse._columns import Rows
from headcount.warehouse.duckdb import DuckWarehouse

UNTIL = date(2026, 10, 31)
DAYS = 730
STATES = 3  # configurations that an installation has one after the other
_SIMULATED = 1_500  # installations whose configurations are taken

# Of a real fleet few installations use the same classes, each as often: here each of them lacks every seventh of its
# configuration, and has its own numbers of the others.
_VARIED = """
CREATE TEMP TABLE varied AS
SELECT profile, list(class ORDER BY place) AS classes, list(depth ORDER BY place) AS depths,
    list(times ORDER BY place) AS counts
FROM (
    SELECT profile, unnest(classes) AS class, unnest(depths) AS depth, unnest(range(len(classes))) AS place,
        unnest(list_transform(counts, lambda n: n + hash(profile, n) % (n + 1))) AS times
    FROM profiles
)
WHERE hash(profile, place) % 7 > 0
GROUP BY profile;
CREATE TEMP TABLE before AS FROM profiles;
DELETE FROM profiles;
INSERT INTO profiles
SELECT before.* REPLACE (coalesce(varied.classes, []) AS classes, coalesce(varied.depths, []) AS depths,
    coalesce(varied.counts, []) AS counts)
FROM before LEFT JOIN varied USING (profile)
ORDER BY profile"""


@cache
def simulated() -> list[Event]:
    """The reports that configurations are taken from, one for each configuration."""
    found: dict[int, Event] = {}
    for event in fleet.simulate(_SIMULATED, DAYS, 1, UNTIL):
        found.setdefault(id(event.truth), event)
    return list(found.values())


def build(path: Path, installations: int, reports: int) -> DuckWarehouse:
    """A warehouse of so many reports, no two of one installation on a day, its derived tables made by a rebuild."""
    DuckWarehouse(path).close()
    with duckdb.connect(str(path)) as db:
        _fill_profiles(db, installations)
        db.execute(
            """INSERT INTO sightings (install, day, profile, second)
            SELECT install, day, install * $states + (day - $first) * $states // $days AS profile,
                (hash(install, day) % 86400)::UINTEGER AS second
            FROM (
                SELECT install, $first::DATE + ((hash(install) + n * $stride) % $days)::INTEGER AS day
                FROM range($installations) AS i(install), range($each) AS r(n)
            )
            ORDER BY day, install""",
            {
                "states": STATES,
                "first": UNTIL - timedelta(days=DAYS - 1),
                "days": DAYS,
                "stride": 13,  # has no factor in common with the days, so that no two days are the same
                "installations": installations,
                "each": round(reports / installations),
            },
        )
    return DuckWarehouse(path)


def _fill_profiles(db: duckdb.DuckDBPyConnection, installations: int) -> None:
    """A profile for each state of each installation, with a configuration of its third of the two years."""
    events = simulated()
    columns = ", ".join(f"{column.name} {column.duckdb}" for column in COLUMNS)
    db.execute(f"CREATE TEMP TABLE pool (state INTEGER, number INTEGER, {columns})")
    numbers = [0] * STATES
    rows = []
    classes = Classes()
    for state, values in _configurations(events, classes):
        rows.append([state, numbers[state], *values])
        numbers[state] += 1
    db.executemany(f"INSERT INTO pool VALUES ({', '.join('?' * (len(COLUMNS) + 2))})", rows)
    names = ", ".join(column.name for column in COLUMNS)
    for state, count in enumerate(numbers):
        db.execute(
            f"INSERT INTO profiles SELECT install * {STATES} + {state}, {names} "
            f"FROM range({installations}) AS i(install) "
            f"JOIN pool ON pool.state = {state} AND pool.number = (hash(install, {state}) % {count})::INTEGER"
        )
    db.execute("DELETE FROM classes")
    db.executemany("INSERT INTO classes VALUES (?, ?, ?)", list(classes.changed.values()))
    db.execute(_VARIED)


def _configurations(events: list[Event], classes: Classes) -> Iterator[tuple[int, list[object]]]:
    rows = Rows(vocabulary(), classes)
    first, last = events[0].received, events[-1].received
    for event in events:
        report = (read_report if event.path == REPORTS_PATH else read_stock)(event.body, vocabulary())
        state = min((event.received - first) * STATES // (last - first), STATES - 1)
        yield state, list(rows.row(report.profile.canonical()))
