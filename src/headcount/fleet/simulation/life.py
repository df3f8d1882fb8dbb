"""The life of an installation: its starts, its periodic reports, and the release of each start."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from random import Random
from typing import Literal

from headcount.fleet._history import Version
from headcount.fleet.simulation.habits import DAY
from headcount.fleet.simulation.installation import Installation

_EPOCH = date(1970, 1, 1).toordinal()
_YEAR = 365.25 * DAY
_CRASHES = 0.015  # the share of installations with a day of crashes
_DOWNGRADES = 0.03  # the share of upgrades that are undone at the next start


@dataclass(frozen=True)
class Sending:
    """A report that is due at ``time``, Unix seconds. ``day``: that of the start whose configuration it
    describes (an ordinal).
    """

    time: int
    day: int
    buildbot: Version
    reason: Literal["start", "periodic"]


def seconds(day: int) -> int:
    """Return the first second of a day (an ordinal), Unix time."""
    return (day - _EPOCH) * DAY


def sendings(one: Installation, rng: Random, first: int, last: int) -> Iterator[Sending]:
    """Return the reports from ``first`` to ``last``, in order, no two in the same second.

    Who stops to report at an upgrade sends none from that start on.
    """
    begin, end = seconds(max(first, one.born)), min(seconds(last + 1), seconds(one.gone))
    starts = _starts(one, rng, begin, end, born=one.born >= first)
    release: Version | None = None
    taken_back: Version | None = None
    for start, following in pairwise([*starts, end]):
        day = start // DAY + _EPOCH
        current = one.buildbot(day)
        if taken_back is not None:
            current, taken_back = taken_back, None
        elif release is not None and current > release and rng.random() < _DOWNGRADES:
            taken_back = release
        if release is not None and one.habits.opts_out is not None and release < one.habits.opts_out <= current:
            return
        release = current
        yield Sending(start, day, release, "start")
        if one.every is not None and ours(one, release, day):
            for time in range(start + one.every * DAY, following, one.every * DAY):
                yield Sending(time, day, release, "periodic")


def ours(one: Installation, buildbot: Version, day: int) -> bool:
    """Return whether a start of this release on ``day`` has our reporter."""
    return one.ours_from is not None and buildbot >= one.ours_from and not one.without_ours(day)


def _starts(one: Installation, rng: Random, begin: int, end: int, *, born: bool) -> list[int]:
    """Yield starts at random, at the installation's own pace, the first at its birth."""
    times = []
    time = begin + (rng.randrange(DAY) if born else rng.expovariate(one.pace / _YEAR))
    while time < end:
        times.append(int(time))
        time = int(time) + 1 + rng.expovariate(one.pace / _YEAR)
    if times and rng.random() < _CRASHES:
        times += _crashes(rng, rng.choice(times))
    return sorted({one.habits.start(time) for time in times if time < end})


def _crashes(rng: Random, start: int) -> list[int]:
    """Return 20 to 200 starts on the day of ``start``: those of a master that is restarted each time it fails."""
    midnight = start - start % DAY
    count = round(math.exp(rng.uniform(math.log(20), math.log(200))))
    return rng.sample(range(midnight, midnight + DAY, 7), count)
