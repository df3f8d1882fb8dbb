"""The installations that reports came from, with what each said when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from headcount.fleet._truth import Truth
from headcount.fleet._window import alive_since, day_of

Matches = Callable[[Truth], bool]
"""A condition on the last report of an installation."""

Reports = list[tuple[date, Truth]]
"""What one installation reported, by time."""


@dataclass(frozen=True)
class Population:
    """All that is known on the evening of ``until``: the reports of each installation up to then, ``since`` a first day."""

    installations: dict[str, Reports]
    since: date
    until: date

    def alive(self) -> set[str]:
        """Those seen in the 13 months before ``until``."""
        return self.seen(alive_since(self.until))

    def confirmed(self) -> set[str]:
        """Those alive that were seen on two different days of their life."""
        return {install for install in self.alive() if len({day for day, _ in self.installations[install]}) >= 2}

    def seen(self, since: date) -> set[str]:
        """Those that reported from ``since`` on."""
        return {install for install, reports in self.installations.items() if reports[-1][0] >= since}

    def born(self, install: str) -> date:
        """The day on which it was first seen."""
        return self.installations[install][0][0]

    def of(self, basis: str) -> set[str]:
        """The installations of a basis."""
        if basis not in ("alive", "confirmed", "seen"):
            raise ValueError(f"a basis is alive, confirmed or seen, not {basis!r}")
        return self.seen(self.since) if basis == "seen" else self.alive() if basis == "alive" else self.confirmed()

    def states(self, basis: str) -> list[Truth]:
        """What each installation of a basis said last: that alone, not merged with what it said before."""
        return [self.installations[install][-1][1] for install in self.of(basis)]

    def only(self, where: Matches) -> Population:
        """Those whose last report matches."""
        chosen = {install: reports for install, reports in self.installations.items() if where(reports[-1][1])}
        return Population(chosen, self.since, self.until)


def population(truths: Iterable[tuple[int, Truth]], since: date, until: date) -> Population:
    """Sort reports by installation; those without an id, and those after ``until``, do not count."""
    found: defaultdict[str, Reports] = defaultdict(list)
    for received, truth in sorted(truths, key=lambda pair: pair[0]):
        day = day_of(received)
        if truth.install is not None and day <= until:
            found[truth.install].append((day, truth))
    return Population(dict(found), since, until)
