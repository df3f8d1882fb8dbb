"""The installations behind the reports, with what each reported when."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from headcount.fleet._truth import Truth
from headcount.fleet._window import alive_since, day_of
from headcount.fleet.oracle.pairs import installations
from headcount.fleet.oracle.quarantine import USUAL, Believed, Quarantine, quarantine

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

    ``believed``: how many newcomers a day are believed; ``anonymous``: the reports without an
    id; ``dropped``: the drops; ``where``: a condition on the last reports of those that are counted.
    """

    installations: dict[str, Reports]
    since: date
    until: date
    believed: Believed
    anonymous: Reports
    dropped: list[Dropped]
    where: Matches | None = None

    def ever(self) -> set[str]:
        """All that were ever seen."""
        where = self.where
        return {name for name, reports in self.installations.items() if where is None or where(reports[-1][1])}

    def alive(self) -> set[str]:
        """All seen in the 13 months before ``until`` that are not set apart at its end."""
        return self.seen(alive_since(self.until)) - self.quarantine.apart(self.until)

    def set_apart(self) -> set[str]:
        """All seen in the 13 months before ``until`` that are set apart at its end."""
        return self.seen(alive_since(self.until)) & self.quarantine.apart(self.until)

    def confirmed(self) -> set[str]:
        """The living ones that were seen on two different days of their life."""
        return {install for install in self.alive() if len(self._days(install)) >= 2}

    @cached_property
    def quarantine(self) -> Quarantine:
        """All that came in a flood."""
        days = {install: self._days(install) for install in self.installations}
        crowded = {
            install
            for install, reports in self.installations.items()
            if all(truth.crowded for day, truth in reports if day == reports[0][0])
        }
        return quarantine(days, crowded, self.believed)

    def seen(self, since: date) -> set[str]:
        """All that reported from ``since`` on."""
        return {install for install in self.ever() if self.installations[install][-1][0] >= since}

    def born(self, install: str) -> date:
        """The day on which it was first seen."""
        return self.installations[install][0][0]

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
    listed = sorted(((at, truth) for at, truth in truths if day_of(at) <= until), key=lambda pair: pair[0])
    anonymous = [(day_of(at), truth) for at, truth in listed if truth.install is None]
    thrown_away = [one for one in dropped if day_of(one[0]) <= until]
    return Population(installations(listed), since, until, believed, anonymous, thrown_away)
