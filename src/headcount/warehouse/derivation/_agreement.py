"""Whether what an installation said first with its secret is what its stock pseudonym said before.

Two profiles agree where no more than a tenth of the classes, with their depths, of both are in one alone. What names no
class agrees with nothing, and contradicts nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from headcount.warehouse.derivation._months import alive_since, day_of
from headcount.warehouse.derivation._rows import Origin, Sighting

LEFT_OUT = frozenset(
    {"www", "secrets provider", "authentication", "report generator", "machine", "configurator", "factory"}
)
"""The kinds of classes that our reporter alone counts: they do not matter."""

_CUSTOM = 1  # the number of a class without a public ancestor, of which stock does not know the depth
_DEPTHS = 256

Report = tuple[int, int, int]
"""An installation, its profile, and when it came, Unix time."""


def entries(classes: Sequence[int], depths: Sequence[int], left_out: Collection[int]) -> frozenset[int]:
    """Return what is compared of a profile: its classes with their depths.

    ``classes`` and ``depths`` are those of the table ``profiles``; ``left_out``: the numbers of classes of `LEFT_OUT`.
    """
    return frozenset(
        number * _DEPTHS + (0 if number == _CUSTOM else depth)
        for number, depth in zip(classes, depths, strict=True)
        if number not in left_out
    )


def compared(origin: Origin, sightings: Iterable[Sighting], fresh: Iterable[Report]) -> set[int]:
    """Return the profiles with which the first one with the secret is compared.

    They are the last stock one before it, and all of the 13 months before it; one of the same second counts as before it.
    ``sightings``: of the stock pseudonym; ``fresh``: its reports of the batch, since of equal reports of a day a sighting
    has the last alone.
    """
    before = {(last, profile) for _, _, profile, last in sightings if last <= origin.first_at}
    before |= {(received, profile) for _, profile, received in fresh if received <= origin.first_at}
    since = alive_since(day_of(origin.first_at))
    found = {profile for last, profile in before if day_of(last) >= since}
    return found | {profile for _, profile in [max(before, default=(0, 0))] if before}


def agrees(first: int, others: Iterable[int], said: Mapping[int, Collection[int]]) -> bool:
    """Return whether a profile agrees with all of some others, and there is one.

    ``said``: the `entries` of each; one that is no longer held says nothing.
    """
    mine = frozenset(said.get(first, ()))
    verdicts = [_agree(mine, frozenset(said[other])) for other in others if mine and said.get(other)]
    return bool(verdicts) and all(verdicts)


def _agree(mine: frozenset[int], theirs: frozenset[int]) -> bool:
    return 10 * len(mine ^ theirs) <= len(mine | theirs)
