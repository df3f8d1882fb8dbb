"""The oracle's quarantine: the installations that came in a flood, and until when they are set apart."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

_MONTH = 28


class Believed(NamedTuple):
    """The rule for how many installations are believed on a day that were never seen before, or were set apart until then.

    In the first ``grace`` days of all reports any number. Then, on a day: ``floor``, or ``factor`` times the median of those
    that were new and believed on the ``history`` days before, or one for each 100 that are confirmed; in 28 days: four times
    ``floor``, or twice what that median comes to, or one for each 20 that are confirmed. Of each the most.
    """

    floor: int = 5
    factor: int = 5
    history: int = 56
    grace: int = 28


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
    first = min((when[0] for when in days.values()), default=date.max)
    last = max((when[-1] for when in days.values()), default=date.min)
    came: dict[str, date] = {}
    released: dict[str, date] = {}
    bounds: dict[date, int] = {}
    new: Counter[date] = Counter()  # believed
    all_believed: Counter[date] = Counter()
    for day in (first + timedelta(days=age) for age in range((last - first).days + 1)):
        confirmed = sum(
            len(when) > 1 and when[1] < day and (name not in came or name in released) for name, when in days.items()
        )
        age = (day - first).days
        before = [new[day - timedelta(days=back)] for back in range(1, min(believed.history, age) + 1)]
        month = sum(all_believed[day - timedelta(days=back)] for back in range(1, _MONTH))
        bound = _bound(age, before, month, confirmed, believed)
        newcomers = {name for name, when in days.items() if when[0] == day}
        counted = newcomers.difference(crowded)
        if len(counted) <= bound:
            new[day] = all_believed[day] = len(counted)
        apart = newcomers if len(counted) > bound else newcomers.intersection(crowded)
        back = [name for name in came if name not in released and day in days[name]]
        if len(back) <= bound - new[day]:
            released |= dict.fromkeys(back, day)
            all_believed[day] += len(back)
        came |= dict.fromkeys(apart, day)
        if age < believed.grace:
            all_believed[day] = 0
        if apart:
            bounds[day] = min(bound, 2**32 - 1)
    return Quarantine(came, released, bounds)


def _bound(age: int, before: list[int], month: int, confirmed: int, believed: Believed) -> int:
    """Return how many are believed on a day.

    ``age``: days since the first; ``before``: new and believed on the days before; ``month``: believed in 27 days.
    """
    if age < believed.grace:
        return 2**40
    median = statistics.median(before) if before else 0
    of_day = max(believed.floor, int(believed.factor * median), confirmed // 100)
    of_month = max(4 * believed.floor, int(2 * _MONTH * median), confirmed // 20)
    return max(0, min(of_day, of_month - month))
