"""The counts of `drop`: how many installations use what a condition names, do not, or do not tell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from headcount.questions._question import Results, share

USES, DOES_NOT, UNKNOWN = 1, 0, 2
"""What the statements say of a profile: the condition is true, false, or not known."""


@dataclass(frozen=True)
class Counts:
    """Installations of a basis.

    ``truths``: by whether the condition is true of them; ``told``: the same, of those that answered every field of it;
    ``levels``: how many of those report at each level; ``users`` and ``others``: of whom it is true, and false, by the
    number of their release of Buildbot, 0 where they do not tell it; ``told_users`` and ``told_others``: those of them that
    answered every field, since of the others only some can be known; ``distributions`` and ``databases``: these two, by
    what they tell of these.
    """

    truths: Counter[int] = field(default_factory=Counter)
    told: Counter[int] = field(default_factory=Counter)
    levels: Counter[str] = field(default_factory=Counter)
    users: Counter[int] = field(default_factory=Counter)
    others: Counter[int] = field(default_factory=Counter)
    told_users: Counter[int] = field(default_factory=Counter)
    told_others: Counter[int] = field(default_factory=Counter)
    distributions: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))
    databases: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))

    @classmethod
    def read(cls, results: Results) -> Counts:
        """Return the counts of the rows of ``drop.whole``."""
        counts = cls()
        for level, truth, told, release, distribution, database, number in results:
            counts.truths[truth] += number
            if told:
                counts.told[truth] += number
                counts.levels[level] += number
            if truth == UNKNOWN:
                continue
            (counts.users if truth == USES else counts.others)[release] += number
            if not told:
                continue
            (counts.told_users if truth == USES else counts.told_others)[release] += number
            for value, (users, others) in ((distribution, counts.distributions), (database, counts.databases)):
                if value:
                    (users if truth == USES else others)[value] += number
        return counts

    @property
    def asked(self) -> int:
        """How many answered every field of the condition."""
        return self.told.total()

    @property
    def share(self) -> float | None:
        """The share of users among those; None where there are none."""
        return part_of(self.told[USES], self.asked)

    @property
    def least(self) -> float:
        """The share of users among all, if none of those of whom it is not known used it."""
        return share(self.truths[USES], self.truths.total())

    @property
    def most(self) -> float:
        """The same if each of them did."""
        return share(self.truths.total() - self.truths[DOES_NOT], self.truths.total())


def by_truth(results: Results) -> tuple[Counter[str], Counter[str]]:
    """Return how many users, and how many others, have each value, from rows of a truth, a value and a count."""
    users: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for truth, value, number in results:
        (users if truth == USES else others)[value] += number
    return users, others


def part_of(part: int, whole: int) -> float | None:
    """Return a share; of nobody it is not known."""
    return share(part, whole) if whole else None
