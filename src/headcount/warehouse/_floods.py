"""The flood rule: how many installations that were never seen before are believed on one day.

No address is stored, so nothing tells a made-up installation from a real one but that many come together. Where more
newcomers come than the rule believes, all newcomers of that day are set apart, since nothing tells which of them are real;
and so is each newcomer that came as one of too many of its block of addresses, as the collector marked it. On each day so
many of those that are set apart and come back are released as the day has left, the oldest first: who goes on reporting is
released in the end, however many come with it.

What is believed on a day, new ones and such as come back, has two bounds. That of a day follows what the days before let
expect, and how many installations are held. That of 28 days together holds off a trickle within the bound of a day: each
made-up one of it need only be sent on two days to be confirmed. Newcomers take at most three quarters of it, and so do those
that come back, so that neither shuts the other out. Both have a floor, since of a small fleet nothing is to be expected on
most days.

What is expected is the median of the newcomers a day, believed or not: a fleet that goes on growing is believed after a
month. No day counts more than what was expected on it, the floor, or a five-hundredth of the confirmed installations, so
that what is believed does not double from month to month.

Tried with a trickle of 100 posts a day for 20 days, two for each made-up installation, and with the worst that is known,
which knows the bound of each day and sends a backlog on every one::

    fleet                                           50     1,000     5,000
    confirmed of 950, all or none released           0         0         0
    confirmed of 950, this rule                     15        33       172
    confirmed of the worst trickle, 20 days         20        52       263
    of the worst that is known, a year           3,443     4,040    13,139
    of one that doubles, with no such cap      188,345   188,387 1,507,096

Real ones that go on reporting are released: of six a day that join a fleet of 50 and report weekly 210 of 1,980 are set
apart, for 28 days at most; of 75 that join it on one day all, for 133 days at most. Under 50
made-up ones a day for 440 days, 14 of 55 real newcomers still wait at the end.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

SPELL = 28
"""The days in which what is believed is bounded together."""

ANY = 4_294_967_295
"""A bound of a day on which any number is believed."""

_PART_OF_DAY, _PART_OF_SPELL = 100, 20  # of so many installations that are held one more is believed
_PART_OF_MEDIAN = 500
_FLOORS, _MEDIANS = 4, 2 * SPELL  # of a spell: times the floor, times the median of a day


class FloodRule(NamedTuple):
    """How many newcomers are believed.

    On a day ``factor`` times the median of the ``history`` days before, or a hundredth of the confirmed installations, or
    ``floor``, whichever is the most; in 28 days twice as many as the median lets expect, or a twentieth of the confirmed, or
    four times ``floor``. In ``grace`` days from the first report on all are believed, with nothing to compare with;
    and again from the first report after ``history`` days without any.
    """

    floor: int = 5
    factor: int = 5
    history: int = 56
    grace: int = 28


Returners = Callable[[int, int, Collection[int]], Collection[int]]
"""Takes a day, a number, and who is released already; returns at most so many of the others that are set apart and come back
on that day, the oldest."""


class Days(NamedTuple):
    """Facts by day (days since 1970).

    Days with a report; how many newcomers came; how many of those never set apart were confirmed; who comes back.
    """

    reported: Collection[int]
    newcomers: Mapping[int, int]
    confirmed: Mapping[int, int]
    returners: Returners


class Verdict(NamedTuple):
    """What is believed of a day: up to ``bound`` newcomers; whether those that came are; and who is ``released`` on it."""

    day: int
    bound: int
    newcomers_believed: bool
    released: Collection[int]


def judge(rule: FloodRule, first: int, last: int, days: Days) -> Iterator[Verdict]:
    """Yield the verdict on each day from the ``first`` of the data to the ``last``."""
    median = _Median(rule.history)
    new, back = _Spell(), _Spell()
    released: set[int] = set()
    held, begun, reported = 0, first, first - rule.history - 1
    for day in range(first, last + 1):
        if day in days.reported:
            if day - reported > rule.history:
                begun, median = day, _Median(rule.history)
            reported = day
        expected = median.value()
        newcomers = days.newcomers.get(day, 0)
        if day < begun + rule.grace:  # these days use up nothing
            believed, bound = newcomers, ANY
            left = ANY
            median.add(newcomers)
        else:
            of_day = max(rule.floor, int(rule.factor * expected), held // _PART_OF_DAY)
            of_spell = max(_FLOORS * rule.floor, int(_MEDIANS * expected), held // _PART_OF_SPELL)
            room, share = of_spell - new.sum - back.sum, of_spell * 3 // 4
            bound = max(0, min(of_day, room, share - new.sum))
            believed = newcomers if newcomers <= bound else 0
            left = max(0, min(of_day - believed, room - believed, share - back.sum))
            median.add(min(newcomers, max(rule.floor, expected, held // _PART_OF_MEDIAN)))
        chosen = days.returners(day, left, released) if left else ()
        yield Verdict(day, bound, newcomers <= bound, chosen)
        new.add(0 if bound == ANY else believed)
        back.add(0 if bound == ANY else len(chosen))
        released.update(chosen)
        held += days.confirmed.get(day, 0) + len(chosen)


class _Spell:
    """What was believed on the days before, of a spell that ends today; `sum` is all of it."""

    def __init__(self) -> None:
        self._days: deque[int] = deque([0] * (SPELL - 1), SPELL - 1)
        self.sum = 0

    def add(self, number: int) -> None:
        self.sum += number - self._days[0]
        self._days.append(number)


class _Median:
    """The median of the last so many numbers; 0 while there are none."""

    def __init__(self, of: int) -> None:
        self._numbers: deque[float] = deque(maxlen=of)
        self._sorted: list[float] = []

    def add(self, number: float) -> None:
        if len(self._numbers) == self._numbers.maxlen:
            del self._sorted[bisect_left(self._sorted, self._numbers[0])]
        self._numbers.append(number)
        insort(self._sorted, number)

    def value(self) -> float:
        count = len(self._sorted)
        return (self._sorted[(count - 1) // 2] + self._sorted[count // 2]) / 2 if count else 0.0
