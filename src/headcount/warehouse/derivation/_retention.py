"""What is taken away: of installations that were erased, and what is older than it may be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import date

from headcount.warehouse.derivation._bases import Base, Changed, heirs, names
from headcount.warehouse.derivation._months import day_of
from headcount.warehouse.derivation._rows import Origin, Sighting


def erased(base: Base, installs: Collection[int], until: int) -> Changed:
    """Return what is held once installations are erased; ``until``: what came later is still held, Unix time.

    It touches the families of ``installs``. The rows of these in ``published`` go beside it, and the profiles that nobody
    has any more.
    """
    gone = {*installs}
    sightings = [each for each in base.sightings if each.install not in gone or each.last > until]
    left: dict[int, list[Sighting]] = defaultdict(list)
    for each in sightings:
        left[each.install].append(each)
    changed = Base(
        sightings,
        [
            _dissolve(each, gone, left[each.install])
            for each in base.origins
            if each.install not in gone or left[each.install]
        ],
        [each for each in base.repeats if each.install not in gone],
        [each for each in base.crowded if each.install not in gone],
        [each for each in base.later if each.install not in gone or min(each.last, each.noted) > until],
        {**base.tombstones, **dict.fromkeys(gone, until)},
        {*base.veterans} - gone,
    )
    return Changed(changed, days={each.day for each in base.sightings if each.install in gone})


def _dissolve(origin: Origin, gone: Collection[int], left: Collection[Sighting]) -> Origin:
    """Return an origin after an erasure: with what was erased nothing agrees, and who reported since came first then."""
    if origin.install in gone:
        first_at, profile = min((each.last, each.profile) for each in left)
        return origin._replace(first_at=first_at, first_profile=profile, agrees=False)
    return origin._replace(agrees=False) if origin.stock in gone else origin


def expired(base: Base, before: date) -> Changed:
    """Return what is held once all from before a day is taken away, that of the retention.

    It touches the families of all veterans, since these are known of since the day before ``held_since`` then, and those of
    which there is a sighting or a row of ``crowded`` of a day before, a repeat of before, or what was noted before in
    ``later``. ``held_since`` becomes ``before``, and never goes back. Rows of ``anonymous`` and ``drops`` of a day before
    go beside it, those in ``published`` of what is not in the `names` of all that is held, and the profiles that nobody has
    any more.
    """
    lost = {each.install for each in base.sightings if each.day < before}
    sightings = [each for each in base.sightings if each.day >= before]
    seen = {each.install for each in sightings}
    there = (lost & seen) | {
        stock for stock, install in heirs(base.origins).items() if {install, stock} & lost and {install, stock} & seen
    }
    changed = replace(
        base,
        sightings=sightings,
        origins=[each for each in base.origins if each.install not in lost or each.install in seen],
        repeats=[each for each in base.repeats if day_of(each.last) >= before],
        crowded=[each for each in base.crowded if each.day >= before],
        later=[each for each in base.later if day_of(each.noted) >= before],
    )
    held = replace(changed, veterans=({*base.veterans} | there) & names(changed))
    return Changed(held, days={each.day for each in base.sightings if each.day < before})


def rebuilt(base: Base) -> Changed:
    """Return what is held once all is derived anew: no veteran of whom nothing is held. It touches all families."""
    seen = {each.install for each in base.sightings}
    return Changed(
        replace(base, veterans={*base.veterans} & (seen | heirs(base.origins).keys())),
        days={each.day for each in base.sightings},
    )
