"""The flood rule: how many installations that were never seen before are believed on one day.

No address is stored, so nothing tells a made-up installation from a real one but that many come together. Where more
newcomers come than the rule believes, all newcomers of that day are set apart, since nothing tells which of them are real;
and so is each newcomer that came as one of too many of its block of addresses, as the collector marked it. Each is released
on the first later day on which no more of those that are set apart come back than are believed of newcomers. So a flood that
comes back day after day is never released, and a real installation that was caught in it is released when it reports on a
calmer day.

What is believed on a day, new ones and such as come back, has two bounds. That of a day follows what the days before let
expect, and how many installations are held. That of 28 days together holds off a trickle within the bound of a day: each
made-up one of it need only be sent on two days to be confirmed. Both have a floor, since of a small fleet nothing is to be
expected on most days. The median counts believed newcomers alone, so that no flood becomes what is expected.

Tried on simulated fleets (no real installation that was seen on two days was set apart for good) with a trickle of 100 posts
a day for 20 days, two for each made-up installation, and with the worst steady trickle of 20 days::

    fleet                                       50     1,000     5,000
    confirmed of 1,000, a floor of 50        1,000       900       550
    confirmed of 1,000, this rule                0         0         0
    confirmed of the worst trickle              19        39       171

A company whose 75 masters join a fleet of 50 on one day is set apart, and two thirds of it are believed after 120 days.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterator, Mapping
from typing import NamedTuple

SPELL = 28
"""The days in which what is believed is bounded together."""

ANY = 4_294_967_295
"""A bound of a day on which any number is believed."""

_PART_OF_DAY, _PART_OF_SPELL = 100, 20  # of so many installations that are held one more is believed
_FLOORS, _MEDIANS = 4, 2 * SPELL  # of a spell: times the floor, times the median of a day


class FloodRule(NamedTuple):
    """How many newcomers are believed.

    On a day ``factor`` times the median of the ``history`` days before, or a hundredth of the confirmed installations, or
    ``floor``, whichever is the most; in 28 days twice as many as the median lets expect, or a twentieth of the confirmed, or
    four times ``floor``. In the first ``grace`` days of the data all are believed, since there is nothing to compare with.
    """

    floor: int = 5
    factor: int = 5
    history: int = 56
    grace: int = 28


class Days(NamedTuple):
    """Counts by day (days since 1970): newcomers, confirmed on it for the first time, set apart and come back on it."""

    newcomers: Mapping[int, int]
    confirmed: Mapping[int, int]
    returners: Mapping[int, int]


class Verdict(NamedTuple):
    """What is believed of a day: up to ``bound`` newcomers; whether those that came, and those that came back, are."""

    day: int
    bound: int
    newcomers_believed: bool
    returners_believed: bool


def judge(rule: FloodRule, first: int, last: int, days: Days) -> Iterator[Verdict]:
    """Yield the verdict on each day from the ``first`` of the data to the ``last``."""
    median = _Median(rule.history)
    spell: deque[int] = deque([0] * (SPELL - 1), SPELL - 1)  # what was believed on the days before
    in_spell = held = 0
    for day in range(first, last + 1):
        expected = median.value()
        bound = ANY
        if day >= first + rule.grace:
            of_day = max(rule.floor, int(rule.factor * expected), held // _PART_OF_DAY)
            of_spell = max(_FLOORS * rule.floor, int(_MEDIANS * expected), held // _PART_OF_SPELL)
            bound = max(0, min(of_day, of_spell - in_spell))
        newcomers, returners = days.newcomers.get(day, 0), days.returners.get(day, 0)
        calm = newcomers <= bound
        believed = newcomers if calm else 0
        median.add(believed)
        back = returners <= bound - believed
        yield Verdict(day, bound, calm, back)
        believed = 0 if bound == ANY else believed + (returners if back else 0)  # the first days use up nothing
        in_spell += believed - spell[0]
        spell.append(believed)
        held += days.confirmed.get(day, 0)


class _Median:
    """The median of the last so many numbers; 0 while there are none."""

    def __init__(self, of: int) -> None:
        self._numbers: deque[int] = deque(maxlen=of)
        self._sorted: list[int] = []

    def add(self, number: int) -> None:
        if len(self._numbers) == self._numbers.maxlen:
            del self._sorted[bisect_left(self._sorted, self._numbers[0])]
        self._numbers.append(number)
        insort(self._sorted, number)

    def value(self) -> float:
        count = len(self._sorted)
        return (self._sorted[(count - 1) // 2] + self._sorted[count // 2]) / 2 if count else 0.0
