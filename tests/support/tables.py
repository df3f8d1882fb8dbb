"""Arrivals for a warehouse, drawn by Hypothesis, and the tables that they come to, computed the plain way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter

from hypothesis import strategies as st

from headcount.contract import Arrival, Name, Profile, Release
from headcount.fleet._window import alive_since

RELEASES = [Release(0, 9, 0), Release(4, 3, 0), None]
_GIT = "buildbot.steps.source.git.Git"
_DEPTHS = [0, 0, 1]
PROFILES = [
    Profile("stock", "basic", buildbot=release, plugins=((Name(_GIT, depth), 1),)).canonical()
    for release, depth in zip(RELEASES, _DEPTHS, strict=True)
]
"""What reports say: the first two agree, and the third with none of them."""
START = 1_767_225_600  # 2026-01-01
NEVER = date(2100, 1, 1)
ORIGINS = {5: 1, 6: 1, 7: 2, 8: 9}  # installations with a secret, and their stock pseudonyms


def arrival(install: int, when: int, profile: int) -> Arrival:
    """Return an arrival; equal stock reports of a day come in one second, as sightings have the last of them alone.

    So nothing depends on whether the first one was loaded before the first report with a secret.
    """
    if install in ORIGINS.values():
        when += 25_000 * (profile + 1) - when % 86_400
    return Arrival(START + when, install, profile + 1, PROFILES[profile], stock=ORIGINS.get(install, 0))


ARRIVALS = st.builds(
    arrival,
    st.integers(1, 8),
    st.one_of(st.integers(0, 100 * 86_400), st.integers(0, 6 * 86_400)),
    st.integers(0, 2),
)


def day_of(received: int) -> date:
    """Return the UTC day of a moment."""
    return datetime.fromtimestamp(received, UTC).date()


Sightings = dict[tuple[int, date, int], int]
"""When an installation was last seen on a day with a profile, Unix time."""


Origins = dict[int, tuple[int, int, int, bool]]
"""Installation with a secret → its stock pseudonym, the moment of its first report, its profile, and whether it agrees."""


def origins_of(arrivals: Sequence[Arrival], sightings: Sightings) -> Origins:
    """Return since when installations report with a secret, and whether that agrees with what was said before."""
    firsts: dict[int, tuple[int, int]] = {}
    for one in arrivals:
        if one.stock:
            firsts[one.install] = min((one.received, one.profile), firsts.get(one.install, (one.received, one.profile)))
    origins: Origins = {}
    for install, (moment, profile) in firsts.items():
        stock = ORIGINS[install]
        before = sorted(
            (last, day, said) for (other, day, said), last in sightings.items() if other == stock and last < moment
        )
        compared = [said for _, day, said in before if (day_of(moment) - day).days < 390] + [
            said for *_, said in before[-1:]
        ]
        agrees = {_DEPTHS[said - 1] for said in compared} == {_DEPTHS[profile - 1]}
        origins[install] = stock, moment, profile, agrees
    return origins


def counted_of(sightings: Sightings, pairs: dict[int, int]) -> tuple[Sightings, dict[int, tuple[date, date]]]:
    """Return the sightings as they are counted, and of each pair the day of confirmation and its last stock day."""
    counted = {key: last for key, last in sightings.items() if key[0] not in {*pairs, *pairs.values()}}
    days: dict[int, tuple[date, date]] = {}
    for stock, install in pairs.items():
        halves = {name: sorted((last, day, said) for (other, day, said), last in sightings.items() if other == name)
                  for name in (stock, install)}  # fmt: skip
        seen = sorted({day for _, day, _ in halves[install]})
        days[stock] = (seen[1] if seen[1:] else NEVER, max(day for _, day, _ in halves[stock]))
        for name, other in ((stock, install), (install, stock)):
            for last, day, said in halves[name]:
                heard = [state for _, then, state in halves[other] if then <= day]
                decides = heard and (day >= days[stock][0]) == (other == install)
                key = (stock, day, heard[-1] if decides else said)
                counted[key] = max(last, counted.get(key, 0))
    return counted, days


def spells_of(counted: Sightings) -> set[tuple[object, ...]]:
    """Return the spells that some sightings come to: for each installation the runs of days on which it is the same."""
    spells: set[tuple[object, ...]] = set()
    for install in {install for install, *_ in counted}:
        seen = sorted((day, last, profile) for (other, day, profile), last in counted.items() if other == install)
        said = {day: profile for day, _, profile in seen}  # by the last report of each day
        first, newest = seen[0][0], seen[0][0]
        states = []  # (day, what it is; None: not alive)
        for day in (first + timedelta(days=number) for number in range((seen[-1][0] - first).days + 400)):
            newest = day if day in said else newest
            states.append((day, said[newest] if newest >= alive_since(day) else None))
        for profile, run in groupby(states, key=itemgetter(1)):
            days = [day for day, _ in run]
            spells |= {(install, profile, days[0], days[-1])} if profile is not None else set()
    return spells


def tables_of(arrivals: Sequence[Arrival]) -> dict[str, set[tuple[object, ...]]]:
    """Return the tables that some arrivals come to."""
    sightings: Sightings = {}
    for one in arrivals:
        key = (one.install, day_of(one.received), one.profile)
        sightings[key] = max(one.received, sightings.get(key, 0))
    origins = origins_of(arrivals, sightings)
    pairs: dict[int, int] = {}  # stock pseudonym → the first that agrees
    for install, (stock, _, _, agrees) in sorted(origins.items(), key=lambda item: (item[1][1], item[0])):
        if agrees:
            pairs.setdefault(stock, install)
    counted, pair_days = counted_of(sightings, pairs)
    month: dict[tuple[date, int], list[tuple[int, int, date]]] = defaultdict(list)
    runs: dict[tuple[int, int], set[date]] = defaultdict(set)
    days: dict[int, list[date]] = {}
    for (install, day, profile), last in counted.items():
        month[day.replace(day=1), install].append((last, profile, day))
        release = RELEASES[profile - 1]
        runs[install, release.number if release else 0].add(day)
        days[install] = sorted({*days.get(install, []), day})
    births = {install: (seen[0], seen[1] if seen[1:] else NEVER, seen[0]) for install, seen in days.items()}
    seen_on = {(day, install) for install, day, _ in counted}
    return {
        "sightings": {(*key, last) for key, last in sightings.items()},
        "origins": {(install, *origin) for install, origin in origins.items()},
        "pairs": {(install, stock, *pair_days[stock]) for stock, install in pairs.items()},
        "pair_sightings": {(*key, last) for key, last in counted.items() if key[0] in pairs},
        "month": {(*key, max(seen)[1], len({day for _, _, day in seen}), max(seen)[0]) for key, seen in month.items()},
        "latest": {
            (install, *max((last, profile) for (other, _, profile), last in counted.items() if other == install)[::-1])
            for install in days
        },
        "first": {(*run, min(seen), max(seen)) for run, seen in runs.items()},
        "births": {(install, *born) for install, born in births.items()},
        "spells": spells_of(counted),
        "daily": {
            (
                day,
                sum(other == day for other, _ in seen_on),
                sum(other == day == births[install][2] for other, install in seen_on),
            )
            for day, _ in seen_on
        },
    }
