"""The oracle's quarantine: the installations that came in a flood, and until when they are set apart."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

_MONTH = 28


class Believed(NamedTuple):
    """The rule for how many installations are believed on a day that were never seen before, or were set apart until then.

    In ``grace`` days any number, from the first report of all on, and from each after ``history`` days without any.
    Then, on a day: ``floor``, or ``factor`` times what is expected, or one for each 100 that are confirmed; in 28 days: four
    times ``floor``, or 56 times what is expected, or one for each 20 that are confirmed; of each the most. Of what 28 days
    believe, neither the new ones nor those that were set apart have more than three quarters.

    Expected is the median of those that were new on the ``history`` days before, but not from before ``grace`` began. Of a
    day later than ``grace`` no more count than were expected on it, or ``floor``, or one for each 500 that are confirmed.

    ``order``: of those that came on one day, who is released first, by name.
    """

    floor: int = 5
    factor: int = 5
    history: int = 56
    grace: int = 28
    order: Callable[[str], str | int] = str


USUAL = Believed()


@dataclass(frozen=True)
class Quarantine:
    """The floods and their newcomers.

    ``came``: who was set apart → the day; ``released``: who → the day of its release, if any; ``bounds``: day on which
    somebody was set apart → how many newcomers would have been believed.
    """

    came: Mapping[str, date]
    released: Mapping[str, date]
    bounds: Mapping[date, int]

    def apart(self, end: date) -> set[str]:
        """Return who is set apart at the end of a day."""
        return {name for name, day in self.came.items() if day <= end < self.released.get(name, date.max)}


def quarantine(seen: Mapping[str, Iterable[date]], crowded: Collection[str], believed: Believed) -> Quarantine:
    """Live through all days, from the days on which each installation was seen.

    ``crowded``: those that came as one of too many of a block of addresses.
    """
    days = {name: sorted(set(when)) for name, when in seen.items()}
    reported = {day for when in days.values() for day in when}
    first, last = min(reported, default=date.max), max(reported, default=date.min)
    came: dict[str, date] = {}
    released: dict[str, date] = {}
    bounds: dict[date, int] = {}
    counts: dict[date, float] = {}  # towards what is expected
    new: Counter[date] = Counter()  # believed
    old: Counter[date] = Counter()  # released
    begun = first
    for day in (first + timedelta(days=age) for age in range((last - first).days + 1)):
        if day in reported and not reported.intersection(_before(day, believed.history)):
            begun = day
        confirmed = sum(
            len(when) > 1 and when[1] < day and (name not in came or name in released) for name, when in days.items()
        )
        newcomers = {name for name, when in days.items() if when[0] == day}
        counted = len(newcomers.difference(crowded))
        back = sorted(
            (name for name in came if name not in released and day in days[name]),
            key=lambda name: (came[name], believed.order(name)),
        )
        if (day - begun).days < believed.grace:
            bound = 2**32 - 1
            counts[day] = counted
            chosen = back
        else:
            expected = statistics.median([counts[one] for one in _before(day, believed.history) if one >= begun] or [0])
            counts[day] = min(counted, max(believed.floor, expected, confirmed // 500))
            of_day = max(believed.floor, int(believed.factor * expected), confirmed // 100)
            of_month = max(4 * believed.floor, int(2 * _MONTH * expected), confirmed // 20)
            were_new, were_old = (sum(some[one] for one in _before(day, _MONTH - 1)) for some in (new, old))
            quarters = of_month * 3 // 4
            bound = max(0, min(of_day, of_month - were_new - were_old, quarters - were_new))
            new[day] = counted if counted <= bound else 0
            left = min(of_day - new[day], of_month - were_new - were_old - new[day], quarters - were_old)
            chosen = back[: max(0, left)]
            old[day] = len(chosen)
        released |= dict.fromkeys(chosen, day)
        apart = newcomers if counted > bound else newcomers.intersection(crowded)
        came |= dict.fromkeys(apart, day)
        if apart:
            bounds[day] = bound
    return Quarantine(came, released, bounds)


def _before(day: date, days: int) -> list[date]:
    """Return so many days before a day."""
    return [day - timedelta(days=back) for back in range(1, days + 1)]
