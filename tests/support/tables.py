"""Arrivals for a warehouse, drawn by Hypothesis, and the tables that they come to, computed the plain way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime

from hypothesis import strategies as st

from headcount.contract import Arrival, Profile, Release
from headcount.warehouse import Warehouse

RELEASES = [Release(0, 9, 0), Release(4, 3, 0), None]
PROFILES = [Profile("stock", "basic", buildbot=release).canonical() for release in RELEASES]
START = 1_767_225_600  # 2026-01-01
NEVER = date(2100, 1, 1)
ORIGINS = {5: 1, 6: 1, 7: 2, 8: 9}  # installations with a secret, and their stock pseudonyms
ARRIVALS = st.builds(
    lambda install, when, profile: Arrival(
        START + when, install, profile + 1, PROFILES[profile], stock=ORIGINS.get(install, 0)
    ),
    st.integers(1, 8),
    st.one_of(st.integers(0, 100 * 86_400), st.integers(0, 6 * 86_400)),
    st.integers(0, 2),
)


def rows(warehouse: Warehouse, sql: str) -> list[tuple[object, ...]]:
    """Return the rows of one statement."""
    with warehouse.snapshot() as snapshot:
        return snapshot.query(sql, {})


def everything(warehouse: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of all tables, without `second`, which repeats a moment that `last` has."""
    tables = "profiles sightings month latest first births moved daily origins reports anonymous drops"
    shown = dict.fromkeys(("sightings", "month"), "* EXCLUDE (second)")
    return {
        table: sorted(rows(warehouse, f"SELECT {shown.get(table, '*')} FROM {table}"), key=repr)
        for table in tables.split()
    }


def day_of(received: int) -> date:
    """Return the UTC day of a moment."""
    return datetime.fromtimestamp(received, UTC).date()


def tables_of(arrivals: Sequence[Arrival]) -> dict[str, set[tuple[object, ...]]]:
    """Return the tables that some arrivals come to."""
    sightings: dict[tuple[int, date, int], int] = {}
    for one in arrivals:
        key = (one.install, day_of(one.received), one.profile)
        sightings[key] = max(one.received, sightings.get(key, 0))
    month: dict[tuple[date, int], list[tuple[int, int, date]]] = defaultdict(list)
    runs: dict[tuple[int, int], set[date]] = defaultdict(set)
    days: dict[int, list[date]] = {}
    for (install, day, profile), last in sightings.items():
        month[day.replace(day=1), install].append((last, profile, day))
        release = RELEASES[profile - 1]
        runs[install, release.number if release else 0].add(day)
        days[install] = sorted({*days.get(install, []), day})
    origins = {one.install: one.stock for one in arrivals if one.stock}
    births = {
        install: (seen[0], seen[1] if seen[1:] else NEVER, min(seen[0], days.get(origins.get(install, 0), seen)[0]))
        for install, seen in days.items()
    }
    moved: dict[int, tuple[int, date, date]] = {}
    for install, stock in sorted(origins.items(), key=lambda pair: (births[pair[0]][1], pair[0])):
        second = births[install][1]
        if second < NEVER and stock not in moved:
            moved[stock] = (install, second, min((day for day in days.get(stock, []) if day > second), default=NEVER))
    counted = {(day, install) for install, day, _ in sightings if moved.get(install, (0, NEVER, 0))[1] != day}
    return {
        "sightings": {(*key, last) for key, last in sightings.items()},
        "month": {(*key, max(seen)[1], len({day for _, _, day in seen}), max(seen)[0]) for key, seen in month.items()},
        "latest": {
            (
                install,
                *max((last, profile) for (other, _, profile), last in sightings.items() if other == install)[::-1],
            )
            for install in days
        },
        "first": {(*run, min(seen), max(seen)) for run, seen in runs.items()},
        "births": {(install, *born) for install, born in births.items()},
        "moved": {(stock, *move) for stock, move in moved.items()},
        "daily": {
            (
                day,
                sum(other == day for other, _ in counted),
                sum(other == day == births[install][2] for other, install in counted),
            )
            for day, _ in counted
        },
    }
