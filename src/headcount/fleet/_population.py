"""The installations behind the reports, with what each reported when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from headcount.fleet._quarantine import USUAL, Believed, Quarantine, quarantine
from headcount.fleet._truth import Truth
from headcount.fleet._window import alive_since, day_of

Matches = Callable[[Truth], bool]
"""A condition on the last report of an installation."""

Reports = list[tuple[date, Truth]]
"""The reports of one installation, by time."""

Dropped = tuple[int, str, bytes]
"""A drop: when (Unix seconds), why, and the body."""


@dataclass(frozen=True)
class Population:
    """Everything known on the evening of ``until``: the reports of each installation up to then, ``since``
    a first day.

    An installation has one name by stock, its id, and another with a secret; ``came_from`` maps the second
    to the first. ``believed``: how many newcomers a day are believed; ``anonymous``: the reports without an
    id; ``dropped``: the drops; ``where``: a condition on the last reports of those that are counted.
    """

    installations: dict[str, Reports]
    came_from: dict[str, str]
    since: date
    until: date
    believed: Believed
    anonymous: Reports
    dropped: list[Dropped]
    where: Matches | None = None

    def ever(self) -> set[str]:
        """All that were ever seen."""
        counted = self.installations.keys() - self.superseded(self.until)
        where = self.where
        return counted if where is None else {name for name in counted if where(self.installations[name][-1][1])}

    def alive(self) -> set[str]:
        """All seen in the 13 months before ``until``."""
        return self.seen(alive_since(self.until))

    def confirmed(self) -> set[str]:
        """The living ones that were seen on two different days of their life, and are not set apart."""
        apart = self.quarantine.apart(self.until)
        return {install for install in self.alive() if install not in apart and len(self._days(install)) >= 2}

    @cached_property
    def quarantine(self) -> Quarantine:
        """All that came in a flood."""
        days = {install: self._days(install) for install in self.installations}
        return quarantine(days, {install: self.born(install) for install in days}, self.believed)

    def seen(self, since: date) -> set[str]:
        """All that reported from ``since`` on."""
        return {install for install in self.ever() if self.installations[install][-1][0] >= since}

    def superseded(self, end: date) -> set[str]:
        """The stock names that do not count at the end of a day: confirmed under a secret, and not seen as
        stock since.
        """
        return set(self.heirs(end))

    def heirs(self, end: date) -> dict[str, str]:
        """The same, each with the name that was confirmed first, under which the installation continues."""
        confirmed: dict[str, tuple[date, str]] = {}
        for heir, stock in self.came_from.items():
            days = self._days(heir)
            if len(days) >= 2 and days[1] <= end:
                confirmed[stock] = min((days[1], heir), confirmed.get(stock, (date.max, "")))
        return {
            stock: heir
            for stock, (day, heir) in confirmed.items()
            if not any(day < seen <= end for seen, _ in self.installations.get(stock, []))
        }

    def life(self, install: str) -> Reports:
        """All reports of an installation, with those from before it moved to this name."""
        before = self.installations.get(self._predecessors.get(install, ""), [])
        return sorted([*before, *self.installations[install]], key=lambda one: one[0])

    @cached_property
    def _predecessors(self) -> dict[str, str]:
        return {heir: stock for stock, heir in self.heirs(self.until).items()}

    def born(self, install: str) -> date:
        """The day on which it was first seen, under either name."""
        names = (install, self.came_from.get(install, install))
        return min(self.installations[name][0][0] for name in names if name in self.installations)

    def _days(self, install: str) -> list[date]:
        return sorted({day for day, _ in self.installations[install]})

    def of(self, basis: str) -> set[str]:
        """The installations of a basis."""
        if basis not in ("alive", "confirmed", "seen"):
            raise ValueError(f"a basis is alive, confirmed or seen, not {basis!r}")
        return self.seen(self.since) if basis == "seen" else self.alive() if basis == "alive" else self.confirmed()

    def states(self, basis: str) -> list[Truth]:
        """The last report of each installation of a basis, not merged with earlier ones."""
        return [self.installations[install][-1][1] for install in self.of(basis)]

    def only(self, where: Matches) -> Population:
        """The ones whose last report matches."""
        return replace(self, where=where)


def population(
    truths: Iterable[tuple[int, Truth]],
    since: date,
    until: date,
    believed: Believed = USUAL,
    dropped: Iterable[Dropped] = (),
) -> Population:
    """Sort reports by installation, without those after ``until``. Reports without an id belong to no
    installation.
    """
    found: defaultdict[str, Reports] = defaultdict(list)
    came_from: dict[str, str] = {}
    anonymous: Reports = []
    for received, truth in sorted(truths, key=lambda pair: pair[0]):
        day = day_of(received)
        if truth.install is None and day <= until:
            anonymous.append((day, truth))
        elif truth.install is not None and day <= until:
            name = truth.install if truth.secret is None else f"{truth.install} {truth.secret}"
            found[name].append((day, truth))
            if truth.secret is not None:
                came_from[name] = truth.install
    thrown_away = [one for one in dropped if day_of(one[0]) <= until]
    return Population(dict(found), came_from, since, until, believed, anonymous, thrown_away)
