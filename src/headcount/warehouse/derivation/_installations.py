"""What follows from the sightings of one installation, as they are counted.

Of two profiles of one moment the larger is the last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from headcount.warehouse.derivation._months import alive_until, month_of
from headcount.warehouse.derivation._rows import NEVER, Birth, First, Latest, Month, Sighting, Spell

_ONE_DAY = timedelta(days=1)


class Installation(NamedTuple):
    """The derived rows of an installation that was seen."""

    months: list[Month]
    latest: Latest
    firsts: list[First]
    birth: Birth
    spells: list[Spell]


def installation(
    name: int, sightings: Collection[Sighting], releases: Mapping[int, int], known_since: date | None = None
) -> Installation:
    """Return the rows of an installation under its name, from its sightings, of which there is one at least.

    ``releases``: that of Buildbot of each profile, as a number, 0 where it is not said. ``known_since``: where it was there
    before the oldest sighting that is held, the day before that.
    """
    ordered = sorted(sightings, key=lambda each: (each.last, each.profile))
    states = {each.day: each.profile for each in ordered}  # by the last report of each day, in the order of days
    days = list(states)
    second = days[1] if days[1:] else NEVER
    birth = Birth(name, days[0], second, days[0]) if known_since is None else Birth(name, days[0], days[0], known_since)
    return Installation(
        _months(name, ordered, days),
        Latest(name, ordered[-1].profile, ordered[-1].last),
        _firsts(name, ordered, releases),
        birth,
        _spells(name, states),
    )


def _months(name: int, ordered: Iterable[Sighting], days: Iterable[date]) -> list[Month]:
    last = {month_of(each.day): each for each in ordered}
    seen = dict.fromkeys(last, 0)
    for day in days:
        seen[month_of(day)] += 1
    return [Month(m, name, each.profile, seen[m], each.last) for m, each in last.items()]


def _firsts(name: int, ordered: Iterable[Sighting], releases: Mapping[int, int]) -> list[First]:
    spans: dict[int, tuple[date, date]] = {}
    for each in ordered:
        release = releases[each.profile]
        spans[release] = spans.get(release, (each.day,))[0], each.day
    return [First(name, release, day, upto) for release, (day, upto) in spans.items()]


def _spells(name: int, states: Mapping[date, int]) -> list[Spell]:
    """Return from when to when it was what, and alive.

    What follows with the same profile before there is a gap is one spell with it.
    """
    spells: list[Spell] = []
    for (day, profile), (following, _) in pairwise([*states.items(), (NEVER, 0)]):
        through = min(alive_until(day), following - _ONE_DAY)
        if spells and spells[-1].profile == profile and spells[-1].upto == day - _ONE_DAY:
            spells[-1] = spells[-1]._replace(upto=through)
        else:
            spells.append(Spell(name, profile, day, through))
    return spells
