"""Who is set apart, and until when: the flood rule over all days, each judged once, the first of them first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from headcount.warehouse._floods import Days, FloodRule, judge
from headcount.warehouse.derivation._rows import LONG_AGO, NEVER, Apart, Comeback, Flood

_EPOCH = LONG_AGO.toordinal()


class Newcomer(NamedTuple):
    """An installation whose first day is known, and its later ones."""

    install: int
    came: date
    later: Collection[date]


@dataclass(frozen=True)
class Tally:
    """What came on each day, over all installations.

    ``reported``: the days of `Daily` on which any was seen. ``newcomers``: how many births have ``earliest`` and ``day`` on
    it; ``confirmed``: how many births have ``second`` on it.
    """

    reported: Collection[date]
    newcomers: Mapping[date, int]
    confirmed: Mapping[date, int]


@dataclass(frozen=True)
class Quarantine:
    """The rows of the tables ``floods``, ``quarantine`` and ``comebacks``."""

    floods: list[Flood] = field(default_factory=list)
    apart: list[Apart] = field(default_factory=list)
    comebacks: list[Comeback] = field(default_factory=list)


def set_apart(
    rule: FloodRule,
    first: date | None,
    tally: Tally,
    crowded: Iterable[Newcomer],
    newcomers_of: Callable[[date], Iterable[Newcomer]],
) -> Quarantine:
    """Return who is set apart.

    ``first``: the first day of any birth; None where there is none. ``crowded``: the newcomers whose ``came`` is marked in
    the table ``crowded``. ``newcomers_of`` is asked for all newcomers of a day, and for the few days alone of which they are
    not believed.
    """
    if first is None:
        return Quarantine()
    members = _Members(tally.confirmed)
    marked: dict[date, int] = defaultdict(int)
    for newcomer in crowded:
        members.add(newcomer)
        marked[newcomer.came] += 1
    newcomers = {_number(day): count - marked.get(day, 0) for day, count in tally.newcomers.items()}
    days = Days(set(map(_number, tally.reported)), newcomers, members.confirmed, members.returners)
    last = max([first, *tally.reported, *tally.newcomers, *tally.confirmed])
    bounds: dict[date, int] = {}
    released: dict[int, date] = {}
    for verdict in judge(rule, _number(first), _number(last), days):
        day = date.fromordinal(_EPOCH + verdict.day)
        bounds[day] = verdict.bound
        released |= dict.fromkeys(verdict.released, day)
        if not verdict.newcomers_believed:
            for newcomer in newcomers_of(day):
                members.add(newcomer)
    apart = [Apart(install, one.came, released.get(install, NEVER)) for install, one in members.all.items()]
    floods = [Flood(day, tally.newcomers[day], bounds[day]) for day in sorted({each.came for each in apart})]
    return Quarantine(
        floods, apart, [Comeback(install, day) for install, one in members.all.items() for day in one.later]
    )


class _Members:
    """Those who are or were set apart. Whoever joins on a day bears on later days alone, which `judge` has not looked at."""

    def __init__(self, confirmed: Mapping[date, int]) -> None:
        self.all: dict[int, Newcomer] = {}
        self.confirmed = {_number(day): count for day, count in confirmed.items()}
        """How many of the others are confirmed on a day, since 1970."""
        self._on: dict[int, list[tuple[date, int]]] = defaultdict(list)

    def add(self, newcomer: Newcomer) -> None:
        if newcomer.install in self.all:
            return
        self.all[newcomer.install] = newcomer
        if newcomer.later:
            self.confirmed[_number(min(newcomer.later))] -= 1
        for day in newcomer.later:
            self._on[_number(day)].append((newcomer.came, newcomer.install))

    def returners(self, day: int, most: int, released: Collection[int]) -> list[int]:
        """Return at most so many of those that come back on a day and are not released yet, the oldest first."""
        found = sorted(each for each in self._on.get(day, ()) if each[1] not in released)
        return [install for _, install in found[:most]]


def _number(day: date) -> int:
    return day.toordinal() - _EPOCH
