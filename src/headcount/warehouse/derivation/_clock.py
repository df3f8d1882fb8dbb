"""What is held, and the clock: what is later than it is set apart, and what came under a wrong one is moved.

A clock that ran ahead leaves sightings that are later than it once it is put right: they stay apart, also when their time
comes. A clock that fell behind makes good sightings look so: when it is put right it steps over them at once, by more than a
day since it was last looked at, and then they come back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from headcount.contract import LATEST
from headcount.warehouse.derivation._arrivals import AHEAD
from headcount.warehouse.derivation._bases import Base, Changed, come_back, first_days
from headcount.warehouse.derivation._months import alive_since, day_of
from headcount.warehouse.derivation._rows import Anonymous, Crowded, Drop, Later, Origin, Sighting

_DAY = 86_400  # seconds
_STEP = _DAY  # seconds; where more passed between two looks at the clock, it stepped on
_LOOK = 3_600  # seconds between two notes of the time

_OfDay = TypeVar("_OfDay", Anonymous, Drop)


def is_time_due(last: int | None, noted: int | None, now: float) -> bool:
    """Return whether something may be later than the clock, or the time is to be noted again.

    ``last``: when the newest report came; ``noted``: when the time was noted last; ``now``: what it is, Unix time.
    """
    return noted is None or (last is not None and last > int(now) + AHEAD) or not noted <= now < noted + _LOOK


def stepped(noted: int | None, now: float) -> bool:
    """Return whether the clock stepped on since the time was noted, so that what it passed comes back."""
    return noted is not None and now - noted > _STEP


def believed(base: Base, noted: int | None, now: float, held_since: date | None = None) -> Changed:
    """Return what is held once it is ``now``, Unix time, and was ``noted`` before.

    It touches the families of which there is a sighting later than `AHEAD` seconds from now; and, where the clock `stepped`,
    those of which there is a row in ``later`` whose ``last`` is after ``noted`` and not after ``now``.
    """
    at = int(now)
    apart = [each for each in base.sightings if each.last > at + AHEAD]
    changed = _put_apart(base, apart, at)
    days = {each.day for each in apart}
    if noted is None or not stepped(noted, now):
        return Changed(changed, days=days, moved=len(apart))
    back = [each for each in changed.later if noted < each.last <= at]
    later = [each for each in changed.later if not noted < each.last <= at]
    then = come_back(replace(changed, later=later), back, (), first_days(changed), held_since)
    return replace(then, days=days | then.days, moved=len(apart) + then.moved)


def _put_apart(base: Base, apart: Collection[Sighting], noted: int) -> Base:
    """Return what is held once sightings are not believed, as the reports that they were.

    Whose first day is in it, all of it, has not come yet: where it comes back, it is marked by what is in ``later``.
    """
    gone = {*apart}
    rest = [each for each in base.sightings if each not in gone]
    return replace(
        base,
        sightings=rest,
        crowded=_without(base.crowded, apart, rest),
        later={*base.later, *_as_reports(base, apart, noted)},
    )


def _as_reports(base: Base, apart: Iterable[Sighting], noted: int) -> list[Later]:
    stock = {origin.install: origin.stock for origin in base.origins}
    marked = {*base.crowded}
    return [
        Later(install, profile, last, noted, stock.get(install, 0), Crowded(install, day) in marked)
        for install, day, profile, last in apart
    ]


def _without(crowded: Iterable[Crowded], apart: Iterable[Sighting], seen: Iterable[Sighting]) -> set[Crowded]:
    """Return the marks but for those of days of which all sightings are set apart."""
    gone = {Crowded(*each[:2]) for each in apart} - {Crowded(*each[:2]) for each in seen}
    return {*crowded} - gone


class Shift(NamedTuple):
    """What was received from ``since`` through ``through``, Unix time, came ``by`` seconds later: the clock was wrong."""

    since: int
    through: int
    by: int

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last moment of what it may touch, Unix time."""
        if self.by < 0:
            return min(self.since, self.since + self.by + 1), LATEST
        return self.since, self.through + self.by

    @property
    def end(self) -> int:
        """When the clock was right again, Unix time."""
        return self.through + self.by

    def covers(self, moment: int) -> bool:
        """Return whether a moment is one of the wrong clock."""
        return self.since <= moment <= self.through

    def moment(self, moment: int) -> int:
        """Return the right moment of what came then, such as the ``until`` of a tombstone and the times of a receipt."""
        return moment + self.by if self.covers(moment) else moment

    def day_of_id(self, day: date) -> date:
        """Return the right day of the id of a report.

        It is known for long enough, whichever of these days it has; none may be later than the clock.
        """
        moved = self._later(day) if self.by > 0 and self._has(day) else day
        return min(moved, day_of(self.end))

    def rows(self, rows: Iterable[_OfDay]) -> set[_OfDay]:
        """Return rows that have a day alone: those that are later than the clock are moved, others may be of before."""
        end = day_of(self.end)
        return {row._replace(day=self._later(row.day)) if row.day > end and self._has(row.day) else row for row in rows}

    def _has(self, day: date) -> bool:
        return day_of(self.since) <= day <= day_of(self.through)

    def _later(self, day: date) -> date:
        return day + timedelta(days=round(self.by / _DAY))


def moved(base: Base, shift: Shift, held_since: date | None = None) -> Changed:
    """Return what is held once what came under a wrong clock is moved.

    What is later than a clock that went back is set apart, so that from the moment to which it went back on there is nothing
    but what comes then. What was set apart since a clock was behind comes back. It touches the families of which something
    has a moment in the `span` of the shift: the ``last`` of a sighting, a repeat or a row in ``later``, the ``first_at`` of
    an origin, or the ``until`` of a tombstone. Rows of ``anonymous`` and ``drops``, the days of ids of reports, and the
    times of receipts are moved beside it.
    """
    wrong = [each for each in base.sightings if shift.covers(each.last)]
    apart = [
        each
        for each in base.sightings
        if shift.by < 0 and each.last > shift.since + shift.by and not shift.covers(each.last)
    ]
    gone = {*wrong, *apart}
    rest = [each for each in base.sightings if each not in gone]
    right = [_report_of(each, each.last + shift.by) for each in wrong]
    back, later = _told_apart(base.later, shift)
    held = Base(
        rest,
        _claimed_then(base.origins, shift, [*rest, *right], held_since),
        [each for each in base.repeats if not shift.covers(each.last)],  # whatever is moved counts as a report
        _without(
            _marks(base.crowded, wrong, shift), apart, [*rest, *right, *(_report_of(each, each.last) for each in back)]
        ),
        {*later, *_as_reports(base, apart, shift.end)},
        {install: shift.moment(until) for install, until in base.tombstones.items()},
        base.veterans,
    )
    changed = come_back(held, back, right, first_days(replace(base, sightings=rest)), held_since)
    return replace(changed, days=changed.days | {each.day for each in gone})


def _report_of(report: Sighting | Later, last: int) -> Sighting:
    return Sighting(report.install, day_of(last), report.profile, last)


def _told_apart(later: Iterable[Later], shift: Shift) -> tuple[list[Later], list[Later]]:
    """Return what comes back, with its right moment, and what is still set apart.

    It comes back where it was loaded when the clock was right again, or seemed later than the clock while that was behind.
    """
    back = [
        each._replace(last=each.last + min(shift.by, 0))
        for each in later
        if (shift.by < 0 and shift.covers(each.last) and each.noted >= shift.end)
        or (shift.by > 0 and shift.since <= each.last <= shift.end)
    ]
    gone = {(each.install, each.profile, each.last - min(shift.by, 0)) for each in back}
    return back, [each for each in later if each[:3] not in gone]


def _marks(crowded: Iterable[Crowded], wrong: Iterable[Sighting], shift: Shift) -> set[Crowded]:
    """Return who came as one of too many of a block: those who did so under the wrong clock did it on another day."""
    first: dict[Crowded, int] = {}
    for install, day, _, last in wrong:
        first[Crowded(install, day)] = min(last, first.get(Crowded(install, day), last))
    return {mark._replace(day=day_of(first[mark] + shift.by)) if mark in first else mark for mark in crowded}


def _claimed_then(
    origins: Iterable[Origin], shift: Shift, sightings: Iterable[Sighting], held_since: date | None
) -> list[Origin]:
    """Return since when installations report with their secret, where that was under the wrong clock.

    They are judged anew, unless what came before them is no longer held.
    """
    first: dict[int, tuple[int, int]] = {}
    for install, _, profile, last in sightings:
        first[install] = min((last, profile), first.get(install, (last, profile)))
    found = []
    for origin in origins:
        if shift.covers(origin.first_at):
            claim = origin.first_at + shift.by, origin.first_profile
            at, profile = min(claim, first.get(origin.install, claim))
            held = held_since is None or alive_since(day_of(at)) >= held_since
            found.append(Origin(origin.install, origin.stock, at, profile, None if held else origin.agrees))
        else:
            found.append(origin)
    return found
