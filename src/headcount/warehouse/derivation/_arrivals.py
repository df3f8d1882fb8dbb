"""Which of a batch of arrivals become sightings, and what else of what is held they change.

Repeated over what it changed itself, wholly or in part, `decide` comes to the same, if an engine writes in the order of the
fields of `Decision`: each bears on those before it alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from headcount.contract import ANONYMOUS, REPEAT, REPORT, WITH_PROFILE, Arrival
from headcount.warehouse.derivation._agreement import Report
from headcount.warehouse.derivation._months import alive_since, day_of
from headcount.warehouse.derivation._rows import Anonymous, Crowded, Drop, Later, Origin, Repeat, Sighting

AHEAD = 600
"""Seconds that a report may be later than the clock: two clocks of one collector are never quite alike."""

_AGAIN = 600  # seconds after which stock does not send a report again
_DAY = 86_400


class Sent(NamedTuple):
    """Of which arrival the id of a report is."""

    received: int
    install: int
    profile: int


@dataclass(frozen=True)
class Held:
    """What is held that bears on a batch, of the installations that are in it.

    ``tombstones``: up to when they were erased. ``reports``: of the ids in the batch those that are known; None where it is
    not known of which arrival. ``births``: the first day of each, of a pair under its stock pseudonym. ``origins`` and
    ``sightings`` are those of the installations alone. ``held_since``: the day of the last retention.
    """

    tombstones: Mapping[int, int] = field(default_factory=dict)
    reports: Mapping[int, Sent | None] = field(default_factory=dict)
    sightings: Collection[Sighting] = ()
    repeats: Collection[Repeat] = ()
    origins: Collection[Origin] = ()
    crowded: Collection[Crowded] = ()
    births: Mapping[int, date] = field(default_factory=dict)
    held_since: date | None = None


@dataclass(frozen=True)
class Decision:
    """What a batch changes, in the order in which it is to be written.

    ``anonymous``, ``drops`` and ``later`` may be there already. ``cleared`` go, and ``crowded`` come. ``origins`` are new,
    or take the place of another row of the same installation. ``repeats`` come; ``withdrawn`` are the sightings that go,
    before ``sightings`` come, each as it is from then on. ``fresh``: the reports in them, for `Facts`. ``answered``: the
    repeats that go once the derived rows are there, and ``days``, those of them and of the sightings, are counted.
    ``reports``: the ids that are to be known in the end.
    """

    anonymous: list[Anonymous]
    drops: list[Drop]
    later: list[Later]
    cleared: list[Crowded]
    crowded: list[Crowded]
    origins: list[Origin]
    repeats: list[Repeat]
    withdrawn: list[Sighting]
    sightings: list[Sighting]
    fresh: list[Report]
    answered: list[Repeat]
    days: set[date]
    reports: dict[int, Sent]


def decide(arrivals: Iterable[Arrival], held: Held, now: int | None) -> Decision:
    """Return what a batch changes of what is held when it is ``now``, Unix time; None: every time is believed."""
    latest = None if now is None else now + AHEAD
    believed, later, ids = _split(_not_erased(arrivals, held.tombstones), held.reports, latest)
    kept, repeats = _tell_repeats(believed, held)
    answered = _answered(kept, [*held.repeats, *repeats])
    withdrawn, sightings = merge(kept, held.sightings, answered)
    origins = claim(kept, held.origins, held.held_since)
    cleared, crowded = crowd(kept, held, {origin.install: origin for origin in (*held.origins, *origins)})
    noted = [each for each in arrivals if latest is None or each.received <= latest]
    return Decision(
        anonymous=sorted({Anonymous(day_of(each.received), each.profile) for each in noted if each.what == ANONYMOUS}),
        drops=sorted(
            {Drop(day_of(one.received), one.what, one.install) for one in noted if one.what not in WITH_PROFILE}
        ),
        later=sorted({Later(*each[1:3], each.received, now or 0, each.stock, each.crowded) for each in later}),
        cleared=cleared,
        crowded=crowded,
        origins=origins,
        repeats=sorted(repeats),
        withdrawn=withdrawn,
        sightings=sightings,
        fresh=[(each.install, each.profile, each.received) for each in kept],
        answered=sorted(answered),
        days={*(day_of(each.received) for each in kept), *(day_of(each.last) for each in answered)},
        reports=ids,
    )


def _not_erased(arrivals: Iterable[Arrival], tombstones: Mapping[int, int]) -> list[Arrival]:
    """Return the reports; of an installation that was erased nothing from before that comes back."""
    return [
        each for each in arrivals if each.what in (REPORT, REPEAT) and each.received > tombstones.get(each.install, -1)
    ]


def _split(
    arrivals: Iterable[Arrival], known: Mapping[int, Sent | None], latest: int | None
) -> tuple[list[Arrival], list[Arrival], dict[int, Sent]]:
    """Return which reports are believed, which are later than the clock, and of which arrival each id is.

    A report whose id is known of another arrival was sent again, in whichever inbox and on whichever day it came first.
    """
    fresh: list[Arrival] = []
    first: dict[int, Arrival] = {}
    for each in arrivals:
        if not each.report:
            fresh.append(each)
        elif each.what == REPORT and (each.report not in first or each.received < first[each.report].received):
            first[each.report] = each
    sent = {report: Sent(each.received, each.install, each.profile) for report, each in first.items()}
    fresh += [each for report, each in first.items() if known.get(report, sent[report]) == sent[report]]
    if latest is None:
        return fresh, [], {report: one for report, one in sent.items() if report not in known}
    return (
        [each for each in fresh if each.received <= latest],
        [each for each in fresh if each.received > latest],
        {report: one for report, one in sent.items() if report not in known},
    )


def _tell_repeats(fresh: Sequence[Arrival], held: Held) -> tuple[list[Arrival], set[Repeat]]:
    """Return what counts, and what of it counts only until the report comes that it repeats.

    Stock sends a report again, over plain HTTP, within minutes: past midnight it is still that of the day before. Within a
    day it is a report as any other.
    """
    doubtful = {
        Repeat(each.install, each.profile, each.received)
        for each in fresh
        if each.what == REPEAT and each.received % _DAY < _AGAIN
    }
    if not doubtful:
        return list(fresh), set()
    moments: dict[tuple[int, int], set[int]] = defaultdict(set)
    doubted = {*held.repeats}  # a sighting that is of one of these is no report that it repeats
    for sighting in held.sightings:
        if Repeat(sighting.install, sighting.profile, sighting.last) not in doubted:
            moments[sighting.install, sighting.profile].add(sighting.last)
    for each in fresh:
        if each.what == REPORT:
            moments[each.install, each.profile].add(each.received)
    told = {
        one for one in doubtful if any(one.last - _AGAIN <= at <= one.last for at in moments[one.install, one.profile])
    }
    kept = [
        each for each in fresh if each.what == REPORT or Repeat(each.install, each.profile, each.received) not in told
    ]
    return kept, doubtful - told - doubted


def _answered(kept: Iterable[Arrival], repeats: Sequence[Repeat]) -> set[Repeat]:
    """Return the repeats whose report has come."""
    if not repeats:
        return set()
    came: dict[tuple[int, int], set[int]] = defaultdict(set)
    for each in kept:
        if each.what == REPORT:
            came[each.install, each.profile].add(each.received)
    return {
        one for one in repeats if any(at <= one.last <= at + _AGAIN for at in came.get((one.install, one.profile), ()))
    }


def merge(
    kept: Iterable[Arrival], held: Iterable[Sighting], answered: Collection[Repeat]
) -> tuple[list[Sighting], list[Sighting]]:
    """Return the sightings that go, and those that come.

    Where the last report of a day is another than the repeat, the day counts for it.
    """
    last = {each[:3]: each.last for each in held}
    gone = {
        (each.install, day_of(each.last), each.profile)
        for each in answered
        if last.get((each.install, day_of(each.last), each.profile)) == each.last
    }
    for key in gone:
        del last[key]
    came: dict[tuple[int, date, int], int] = {}
    for each in kept:
        key = each.install, day_of(each.received), each.profile
        came[key] = max(each.received, came.get(key, 0), last.get(key, 0))
    changed = [Sighting(*key, moment) for key, moment in came.items() if last.get(key) != moment]
    return [each for each in held if each[:3] in gone], changed


def claim(kept: Iterable[Arrival], held: Iterable[Origin], held_since: date | None) -> list[Origin]:
    """Return since when installations report with their secret, where that is new.

    An older report than those that are known is the first one, unless what came before it is no longer held.
    """
    known = {origin.install: origin for origin in held}
    first: dict[int, tuple[int, int, int]] = {}
    for each in kept:
        if each.stock:
            claim = each.received, each.profile, each.stock
            first[each.install] = min(claim, first.get(each.install, claim))
    return [
        Origin(install, stock, received, profile, None)
        for install, (received, profile, stock) in first.items()
        if (origin := known.get(install)) is None
        or (
            (received, profile) < (origin.first_at, origin.first_profile)
            and (held_since is None or alive_since(day_of(received)) >= held_since)
        )
    ]


def crowd(kept: Iterable[Arrival], held: Held, origins: Mapping[int, Origin]) -> tuple[list[Crowded], list[Crowded]]:
    """Return which marks go, and which come: of whom all reports of the first day came as those of one of too many.

    A report from elsewhere, or from a day before, clears it.
    """
    first: dict[int, tuple[date, bool]] = {}
    for each in kept:
        day = day_of(each.received)
        known, crowded = first.get(each.install, (day, True))
        if day <= known:
            first[each.install] = day, each.crowded and (crowded or day < known)
    cleared = [
        mark
        for mark in held.crowded
        if mark.install in first
        and (mark.day > first[mark.install][0] or (mark.day == first[mark.install][0] and not first[mark.install][1]))
    ]
    seen = {(each.install, each.day) for each in held.sightings}
    came = [
        Crowded(install, day)
        for install, (day, crowded) in first.items()
        if crowded
        and held.births.get(install, day) >= day
        and (install not in origins or day_of(origins[install].first_at) >= day)
        and (install, day) not in seen
    ]
    return cleared, came
