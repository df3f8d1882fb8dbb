"""Families: a stock pseudonym, and those with a secret that came with it. What is derived of one bears on no other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from headcount.warehouse.derivation._agreement import Report, agrees, compared
from headcount.warehouse.derivation._installations import installation
from headcount.warehouse.derivation._months import alive_since, day_of
from headcount.warehouse.derivation._pairs import as_counted, heir, pair_of
from headcount.warehouse.derivation._rows import Birth, First, Latest, Month, Origin, Pair, Sighting, Spell

_Row = TypeVar("_Row", Sighting, Report)


@dataclass(frozen=True)
class Facts:
    """All that is held of some families, of all their members.

    ``releases``: Buildbot's of each profile of the sightings, as a number. ``said``: the `entries` of `profiles_to_compare`.
    ``veterans``: those of them that were there before the oldest sighting that is held, that is before ``held_since``, the
    day of the last retention. ``fresh``: the reports that were loaded with the last batch (`Decision.fresh`).
    """

    sightings: Collection[Sighting]
    origins: Collection[Origin] = ()
    releases: Mapping[int, int] = field(default_factory=dict)
    said: Mapping[int, Collection[int]] = field(default_factory=dict)
    veterans: Collection[int] = frozenset()
    held_since: date | None = None
    fresh: Collection[Report] = ()


@dataclass(frozen=True)
class Derived:
    """All derived rows of some installations; ``origins``: theirs, all judged."""

    origins: list[Origin] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    pair_sightings: list[Sighting] = field(default_factory=list)
    month: list[Month] = field(default_factory=list)
    latest: list[Latest] = field(default_factory=list)
    first: list[First] = field(default_factory=list)
    births: list[Birth] = field(default_factory=list)
    spells: list[Spell] = field(default_factory=list)


def stir(origins: Iterable[Origin], fresh: Iterable[Report], held_since: date | None) -> list[Origin]:
    """Return the origins, those not judged that are to be judged anew.

    A stock report in ``fresh`` from before the first one with the secret, or of its second, has the two judged anew, unless
    the 13 months before that are no longer held.
    """
    oldest: dict[int, int] = {}
    for install, _, received in fresh:
        oldest[install] = min(received, oldest.get(install, received))
    return [
        origin._replace(agrees=None)
        if origin.stock in oldest
        and oldest[origin.stock] <= origin.first_at
        and (held_since is None or alive_since(day_of(origin.first_at)) >= held_since)
        else origin
        for origin in origins
    ]


def profiles_to_compare(
    origins: Iterable[Origin], sightings: Iterable[Sighting], fresh: Iterable[Report] = ()
) -> set[int]:
    """Return the profiles of which `derive` needs the `entries`, where some of the origins are not judged."""
    unjudged = [origin for origin in origins if origin.agrees is None]
    if not unjudged:
        return set()
    held, came = _by_install(sightings), _by_install(fresh)
    return {origin.first_profile for origin in unjudged}.union(
        *(compared(origin, held[origin.stock], came[origin.stock]) for origin in unjudged)
    )


def derive(facts: Facts) -> Derived:
    """Return the derived rows of all installations of some families; one that is not in them has none."""
    held = _by_install(facts.sightings)
    origins = list(_judged(facts, held))
    known_since = None if facts.held_since is None else facts.held_since - timedelta(days=1)
    derived = Derived(origins)
    for name, sightings in _counted(facts, held, origins, derived):
        of_one = installation(name, sightings, facts.releases, known_since if name in facts.veterans else None)
        derived.month.extend(of_one.months)
        derived.latest.append(of_one.latest)
        derived.first.extend(of_one.firsts)
        derived.births.append(of_one.birth)
        derived.spells.extend(of_one.spells)
    return derived


def _judged(facts: Facts, held: Mapping[int, Sequence[Sighting]]) -> Iterator[Origin]:
    came = _by_install(facts.fresh)
    for origin in facts.origins:
        if origin.agrees is None:
            others = compared(origin, held.get(origin.stock, ()), came.get(origin.stock, ()))
            yield origin._replace(agrees=agrees(origin.first_profile, others, facts.said))
        else:
            yield origin


def _counted(
    facts: Facts, held: Mapping[int, list[Sighting]], origins: Iterable[Origin], derived: Derived
) -> Iterator[tuple[int, list[Sighting]]]:
    """Yield each installation that was seen with its sightings as they are counted; note the pairs, and theirs."""
    families: dict[int, list[Origin]] = defaultdict(list)
    for origin in origins:
        families[origin.stock].append(origin)
    halves: set[int] = set()
    for stock, family in families.items():
        install = heir(family)
        if install is None:
            continue
        ours, theirs = held.get(install, []), held.get(stock, [])
        pair = pair_of(install, stock, ours, theirs, facts.veterans)
        counted = as_counted(pair, ours, theirs)
        halves |= {install, stock}
        derived.pairs.append(pair)
        derived.pair_sightings.extend(counted)
        if counted:
            yield stock, counted
    for install, sightings in held.items():
        if sightings and install not in halves:
            yield install, sightings


def _by_install(rows: Iterable[_Row]) -> defaultdict[int, list[_Row]]:
    grouped: defaultdict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        grouped[row[0]].append(row)
    return grouped
