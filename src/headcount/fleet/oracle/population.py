"""The installations behind the reports, with what each reported when."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache

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


class Truths(tuple[tuple[int, Truth], ...]):
    """When each report was received (Unix seconds), and its truth.

    It is equal to itself alone, so that what is made of it can be kept: a suite asks for hundreds of answers of one fleet.
    """

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    @classmethod
    def of(cls, truths: Iterable[tuple[int, Truth]]) -> Truths:
        """Return the truths, themselves if they are of this type."""
        return truths if isinstance(truths, Truths) else cls(truths)


@dataclass(frozen=True)
class Lives:
    """The reports of each installation, and how many newcomers a day are believed."""

    reports: dict[str, Reports]
    believed: Believed

    @cached_property
    def days(self) -> dict[str, list[date]]:
        """The days on which each was seen, by time."""
        return {install: sorted({day for day, _ in reports}) for install, reports in self.reports.items()}

    @cached_property
    def quarantine(self) -> Quarantine:
        """All that came in a flood."""
        crowded = {
            install
            for install, reports in self.reports.items()
            if all(truth.crowded for day, truth in reports if day == reports[0][0])
        }
        return quarantine(self.days, crowded, self.believed)


@dataclass(frozen=True)
class Population:
    """Everything known on the evening of ``until``: the lives of the installations up to then; ``since`` a first day.

    ``anonymous``: the reports without an id; ``dropped``: the drops; ``where``: a condition on the last reports of those
    that are counted.
    """

    lives: Lives
    since: date
    until: date
    anonymous: Reports = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    where: Matches | None = None

    @property
    def installations(self) -> dict[str, Reports]:
        """The reports of each installation."""
        return self.lives.reports

    @property
    def believed(self) -> Believed:
        """How many newcomers a day are believed."""
        return self.lives.believed

    @property
    def quarantine(self) -> Quarantine:
        """All that came in a flood."""
        return self.lives.quarantine

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
        return {install for install in self.alive() if len(self.lives.days[install]) >= 2}

    def seen(self, since: date) -> set[str]:
        """All that reported from ``since`` on."""
        return {install for install in self.ever() if self.installations[install][-1][0] >= since}

    def born(self, install: str) -> date:
        """The day on which it was first seen."""
        return self.installations[install][0][0]

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
    lives, anonymous = _lives(Truths.of(truths), until, believed)
    thrown_away = [one for one in dropped if day_of(one[0]) <= until]
    return Population(lives, since, until, anonymous, thrown_away)


@lru_cache(maxsize=64)
def _lives(truths: Truths, until: date, believed: Believed) -> tuple[Lives, Reports]:
    """Return the lives of the installations up to a day, and the reports without an id."""
    listed = sorted(((at, truth) for at, truth in truths if day_of(at) <= until), key=lambda pair: pair[0])
    anonymous = [(day_of(at), truth) for at, truth in listed if truth.install is None]
    return Lives(installations(listed), believed), anonymous
