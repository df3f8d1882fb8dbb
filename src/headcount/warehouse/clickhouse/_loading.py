"""A batch of arrivals under a change: which families it touches, and what it adds beside these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import partial

from headcount.contract import LATEST, REPEAT, REPORT, WITH_PROFILE, Arrival, Vocabulary
from headcount.warehouse import derivation as rule
from headcount.warehouse._damage import note_of_damage
from headcount.warehouse._floods import FloodRule
from headcount.warehouse.clickhouse import _coverage, _reports
from headcount.warehouse.clickhouse._change import Change, Unit
from headcount.warehouse.clickhouse._families import TOGETHER, Families, Family, last_retention, parts
from headcount.warehouse.clickhouse._groups import Groups
from headcount.warehouse.clickhouse._profiles import add_profiles
from headcount.warehouse.clickhouse._quarantine import finish
from headcount.warehouse.clickhouse._snapshot import among

_KEYS = 1 << 63  # pseudonyms are less
_IMPOSSIBLE = "a number that cannot be"
_SIGHTED = {REPORT, REPEAT}


def load(
    change: Change, arrivals: Sequence[Arrival], vocabulary: Vocabulary, floods: FloodRule, now: float | None
) -> list[str]:
    """Add arrivals; return of each that is damaged in words why. Raises `WarehouseUnavailable`."""
    damaged = [_IMPOSSIBLE for each in arrivals if not _is_possible(each)]
    sound = [each if _is_possible(each) else note_of_damage(each, now) for each in arrivals]
    unreadable = add_profiles(change, sound, vocabulary)
    reasons = [unreadable.get(each.profile) if each.what in WITH_PROFILE else None for each in sound]
    damaged += [why for why in reasons if why is not None]
    sound = [note_of_damage(each, now) if why else each for each, why in zip(sound, reasons, strict=True)]
    moment = None if now is None else int(now)
    sighted = [each for each in sound if each.what in _SIGHTED]
    others = rule.decide([each for each in sound if each.what not in _SIGHTED], rule.Held(), moment)
    _coverage.add(change, others.anonymous, others.drops)
    families = Families(change)
    batch = _Batch(
        moment, last_retention(change), _reports.held(change, {each.report for each in sighted if each.report})
    )
    for names, some in _grouped(change, sighted):
        families.change(names, partial(batch.load, some))
    _reports.add(change, batch.new)
    if families.touched:
        finish(change, families, floods)
    return damaged


def mark(change: Change, inbox: str, through: int) -> None:
    """Note how far an inbox is loaded."""
    marks: dict[str, int] = dict(change.before.query("SELECT inbox, through FROM marks", {}))
    change.rewrite(Unit.MARKS, {"marks": sorted({**marks, inbox: through}.items())})


class _Batch:
    """What the parts of a batch have in common: the time, and the ids of reports that are known."""

    def __init__(self, now: int | None, held_since: date | None, sent: Collection[int]) -> None:
        self._now = now
        self._held_since = held_since
        self._sent = dict.fromkeys(sent)
        self.new: dict[int, date] = {}
        """The ids that are to be known, and when each came first."""

    def load(self, arrivals: Sequence[Arrival], family: Family) -> rule.Changed:
        """Return what is held of whole families once their arrivals are loaded."""
        base = family.base
        held = rule.Held(
            tombstones=base.tombstones,
            reports=self._sent,
            sightings=base.sightings,
            repeats=base.repeats,
            origins=base.origins,
            crowded=base.crowded,
            births=family.births,
            held_since=self._held_since,
        )
        decided = rule.decide(arrivals, held, self._now)
        self.new.update((report, rule.day_of(sent.received)) for report, sent in decided.reports.items())
        return rule.loaded(base, decided, self._held_since)


def _grouped(change: Change, arrivals: Sequence[Arrival]) -> Iterator[tuple[list[int], list[Arrival]]]:
    """Yield the arrivals of some families, and their names: what bears on each other stands together.

    An installation is of the family of its stock pseudonym, the first that came with it; by an older report it may change
    that. A report that was sent again bears on the first of it, whosever that is.
    """
    stock_of = {
        install: stock
        for some in parts(sorted({each.install for each in arrivals}))
        for install, stock, *_ in change.before.rows("origins", among("install", some))
    }
    groups = Groups()
    first_of: dict[int, int] = {}
    for each in arrivals:
        names = [each.install, *(name for name in (each.stock, stock_of.get(each.install)) if name)]
        if each.report:
            names.append(first_of.setdefault(each.report, each.install))
        groups.join(names)
    of_group: dict[int, list[Arrival]] = defaultdict(list)
    for each in arrivals:
        of_group[groups.of(each.install)].append(each)
    for part in groups.parts(TOGETHER):
        yield part, [each for group in {groups.of(name): None for name in part} for each in of_group[group]]


def _is_possible(arrival: Arrival) -> bool:
    numbers = (arrival.install, arrival.stock, arrival.profile, arrival.report)
    return 0 <= arrival.received <= LATEST and all(0 <= number < _KEYS for number in numbers)
