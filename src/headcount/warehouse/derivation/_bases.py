"""All that is held of some installations, but for what is derived of it, and what a load makes of that.

What is derived of a family depends on what is held of it alone, so an engine may change any number of whole families: of one
that a change does not concern the same comes back. From then on `derive` says what all their derived rows are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from headcount.contract import Arrival
from headcount.warehouse.derivation._agreement import Report
from headcount.warehouse.derivation._arrivals import Decision, Held, claim, crowd, merge
from headcount.warehouse.derivation._families import stir
from headcount.warehouse.derivation._months import day_of
from headcount.warehouse.derivation._pairs import heir
from headcount.warehouse.derivation._rows import Crowded, Later, Origin, Repeat, Sighting


@dataclass(frozen=True)
class Base:
    """What is held of some installations, of all `members` of their families.

    ``tombstones``: those that were erased, and up to when. ``veterans``: those that were there before the oldest sighting
    that is held, a pair under the name of its stock pseudonym too.
    """

    sightings: Collection[Sighting] = ()
    origins: Collection[Origin] = ()
    repeats: Collection[Repeat] = ()
    crowded: Collection[Crowded] = ()
    later: Collection[Later] = ()
    tombstones: Mapping[int, int] = field(default_factory=dict)
    veterans: Collection[int] = frozenset()


@dataclass(frozen=True)
class Changed:
    """What is held of them from then on, in place of the `Base` that was changed.

    ``fresh``: the reports that came, for `Facts`; the origins are stirred by them. ``days``: those of the sightings that
    came or went, for `touched_days`. ``moved``: how many sightings were set apart or came back.
    """

    base: Base
    fresh: list[Report] = field(default_factory=list)
    days: set[date] = field(default_factory=set)
    moved: int = 0


def loaded(base: Base, decided: Decision, held_since: date | None = None) -> Changed:
    """Return what is held once a batch is loaded, of which `decide` said what it changes.

    It touches the families of the installations of all arrivals in the batch. ``anonymous``, ``drops`` and ``reports`` of
    the decision are of no installation: they come beside it.
    """
    withdrawn = {*decided.withdrawn}
    came = {each[:3]: each for each in decided.sightings}
    rest = [each for each in base.sightings if each not in withdrawn and each[:3] not in came]
    origins = {origin.install: origin for origin in (*base.origins, *decided.origins)}
    held = replace(
        base,
        sightings=[*rest, *came.values()],
        origins=stir(origins.values(), decided.fresh, held_since),
        repeats={*base.repeats, *decided.repeats} - {*decided.answered},
        crowded=({*base.crowded} - {*decided.cleared}) | {*decided.crowded},
        later={*base.later, *decided.later},
    )
    return Changed(held, decided.fresh, decided.days)


def names(base: Base) -> set[int]:
    """Return the names of all of which sightings are held: installations, and the stock pseudonyms that came with them."""
    seen = {each.install for each in base.sightings}
    return seen | {origin.stock for origin in base.origins if origin.install in seen}


def heirs(origins: Iterable[Origin]) -> dict[int, int]:
    """Return the pairs: of each stock pseudonym in one the pseudonym with the secret."""
    families: dict[int, list[Origin]] = defaultdict(list)
    for origin in origins:
        families[origin.stock].append(origin)
    found = {stock: heir(family) for stock, family in families.items()}
    return {stock: install for stock, install in found.items() if install is not None}


def come_back(
    base: Base,
    back: Iterable[Later],
    sightings: Iterable[Sighting],
    births: Mapping[int, date],
    held_since: date | None,
) -> Changed:
    """Return what is held once some reports that had been set apart are believed, and some other sightings come too.

    Neither is in ``base`` any more; ``births``: the first day of each installation without them, see `first_days`.
    """
    fresh = [_report(*each[:3], each.stock, crowded=each.crowded) for each in back]
    reports = [*fresh, *(_report(each.install, each.profile, each.last) for each in sightings)]
    said = [(each.install, each.profile, each.received) for each in reports]
    origins = {origin.install: origin for origin in (*base.origins, *claim(fresh, base.origins, held_since))}
    held = Held(sightings=base.sightings, crowded=base.crowded, births=births)
    cleared, crowded = crowd(fresh, held, origins)
    _, came = merge(reports, base.sightings, ())
    keys = {each[:3] for each in came}
    days = [(each.install, day_of(each.received), each.profile) for each in reports]
    changed = replace(
        base,
        sightings=[*(each for each in base.sightings if each[:3] not in keys), *came],
        origins=stir(origins.values(), said, held_since),
        crowded=({*base.crowded} - {*cleared}) | {*crowded},
    )
    return Changed(changed, said, {day for _, day, _ in days}, len({*days}))


def _report(install: int, profile: int, received: int, stock: int = 0, *, crowded: bool = False) -> Arrival:
    return Arrival(received, install, profile, b"", stock, crowded=crowded)


def first_days(base: Base) -> dict[int, date]:
    """Return the first day of each installation, of a pair under its stock pseudonym."""
    name = {install: stock for stock, install in heirs(base.origins).items()}
    first: dict[int, date] = {}
    for each in base.sightings:
        of = name.get(each.install, each.install)
        first[of] = min(each.day, first.get(of, each.day))
    return first
