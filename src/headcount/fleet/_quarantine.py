"""The oracle's quarantine: the installations that came in a flood, and until when they are set apart."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple


class Believed(NamedTuple):
    """The rule for how many newcomers are believed on a day.

    At most ``factor`` times the median of the ``history`` days before, but no fewer than ``floor``; in the
    first ``grace`` days of all reports any number.
    """

    floor: int = 50
    factor: int = 5
    history: int = 56
    grace: int = 28


USUAL = Believed()


@dataclass(frozen=True)
class Quarantine:
    """The floods and their newcomers.

    ``came``: newcomer of a flood → the day of the flood; ``released``: newcomer → the day of its release,
    if any; ``bounds``: day of a flood → how many newcomers would have been believed.
    """

    came: Mapping[str, date]
    released: Mapping[str, date]
    bounds: Mapping[date, int]

    def apart(self, end: date) -> set[str]:
        """Return who is set apart at the end of a day."""
        return {name for name, day in self.came.items() if day <= end < self.released.get(name, date.max)}


def quarantine(seen: Mapping[str, Iterable[date]], born: Mapping[str, date], believed: Believed) -> Quarantine:
    """Find the floods, from the days on which each name was seen, and the first day of its installation
    under either name.
    """
    newcomers = {name: min(days) for name, days in seen.items() if min(days) == born[name]}
    counts = Counter(newcomers.values())
    first = min((min(days) for days in seen.values()), default=date.max)

    def bound(day: date) -> float:
        age = (day - first).days
        if age < believed.grace:
            return float("inf")
        before = [counts[day - timedelta(days=back)] for back in range(1, min(believed.history, age) + 1)]
        return max(believed.floor, int(believed.factor * statistics.median(before)) if before else 0)

    floods = {day for day, count in counts.items() if count > bound(day)}
    came = {name: day for name, day in newcomers.items() if day in floods}
    back = Counter(day for name, start in came.items() for day in set(seen[name]) if day > start)
    calm = {day for day, count in back.items() if count <= bound(day)}
    released = {name: min(calm.intersection(seen[name]) - {start}, default=None) for name, start in came.items()}
    return Quarantine(
        came,
        {name: day for name, day in released.items() if day is not None},
        {day: int(bound(day)) for day in floods},
    )
