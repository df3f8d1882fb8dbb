"""Pairs: a stock pseudonym and one with a secret that are one installation, and what it is on each day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from headcount.warehouse.derivation._months import alive_since
from headcount.warehouse.derivation._rows import LONG_AGO, NEVER, Origin, Pair, Sighting


def heir(origins: Iterable[Origin]) -> int | None:
    """Return the pseudonym with a secret that is in a pair with a stock one: the first that agreed; None where none did."""
    agreed = [(origin.first_at, origin.install) for origin in origins if origin.agrees]
    return min(agreed)[1] if agreed else None


def pair_of(
    install: int, stock: int, ours: Iterable[Sighting], theirs: Iterable[Sighting], veterans: Collection[int]
) -> Pair:
    """Return a pair from the sightings of ``install``, which has the secret, and of the stock pseudonym.

    The secret is confirmed on the second day on which it was seen, or on the first that is held of one of ``veterans``.
    """
    days = sorted({each.day for each in ours})[0 if install in veterans else 1 :]
    until = max((each.day for each in theirs), default=LONG_AGO)
    return Pair(install, stock, days[0] if days else NEVER, until)


def as_counted(pair: Pair, ours: Sequence[Sighting], theirs: Sequence[Sighting]) -> list[Sighting]:
    """Return the sightings of a pair as they are counted: what it is said to be on a day, whichever of the two was seen.

    What a stock report says counts until the secret is confirmed, and where the secret was not seen in the 13 months before;
    what a report with the secret says counts once the secret is confirmed, and where stock said nothing before.
    """
    with_secret, as_stock = _States(ours), _States(theirs)
    counted: dict[tuple[date, int], int] = {}
    for _, day, profile, last in theirs:
        other = with_secret.on(day) if day >= pair.confirmed else None
        key = day, profile if other is None or other[0] < alive_since(day) else other[1]
        counted[key] = max(last, counted.get(key, 0))
    for _, day, profile, last in ours:
        other = as_stock.on(day) if day < pair.confirmed else None
        key = day, profile if other is None else other[1]
        counted[key] = max(last, counted.get(key, 0))
    return [Sighting(pair.stock, day, profile, last) for (day, profile), last in counted.items()]


class _States:
    """What one of the two said, by the last report of each day."""

    def __init__(self, sightings: Iterable[Sighting]) -> None:
        self._profiles = {each.day: each.profile for each in sorted(sightings, key=_in_order)}
        self._days = list(self._profiles)

    def on(self, day: date) -> tuple[date, int] | None:
        """Return the last day up to this one on which it was seen, with its profile; None where there is none."""
        place = bisect_right(self._days, day)
        return (self._days[place - 1], self._profiles[self._days[place - 1]]) if place else None


def _in_order(sighting: Sighting) -> tuple[int, int]:
    return sighting.last, sighting.profile
