"""How many installations were seen on a day, and how many of them for the first time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from headcount.warehouse.derivation._families import Derived
from headcount.warehouse.derivation._rows import Birth, Daily, Sighting


def touched_days(
    days: Iterable[date],
    before: Derived,
    after: Derived,
    sightings: Iterable[Sighting],
    held_since: date | None = None,
) -> set[date]:
    """Return the days to be counted again.

    ``days``: those of the sightings that came or went. ``before`` and ``after``: the derived rows of the touched
    installations, of which births and pairs suffice; ``sightings``: those that are held of them. Days from before
    ``held_since``, of which no sightings are held any more, keep their counts.
    """
    births = {birth for each in (before, after) for birth in each.births}
    births -= {*before.births} & {*after.births}
    halves = [{(pair.install, pair.stock) for pair in each.pairs} for each in (before, after)]
    joined = {install for pair in halves[0] ^ halves[1] for install in pair}
    found = {
        *days,
        *(day for birth in births for day in (birth.day, birth.earliest)),
        *(each.day for each in sightings if each.install in joined),
    }
    return found if held_since is None else {day for day in found if day >= held_since}


def count_days(seen: Iterable[tuple[date, int]], births: Iterable[Birth], days: Collection[date]) -> list[Daily]:
    """Return the counts of some days; a day without an installation has none.

    ``seen``: on which days which installations were seen, as they are counted; ``births``: of all those.
    """
    earliest = {birth.install: birth.earliest for birth in births}
    installs: dict[date, set[int]] = defaultdict(set)
    for day, install in seen:
        if day in days:
            installs[day].add(install)
    return [
        Daily(day, len(found), sum(earliest[install] == day for install in found)) for day, found in installs.items()
    ]
