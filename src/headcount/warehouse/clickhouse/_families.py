"""Families under a change: what is held of them is read, changed by a rule, derived from anew, and written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from headcount.warehouse import derivation as rule
from headcount.warehouse.clickhouse._change import Change, Unit, rowsets
from headcount.warehouse.clickhouse._snapshot import ClickHouseSnapshot, among

TOGETHER = 2_000
"""Families that are read, derived and written at a time."""

_DERIVED = ("pairs", "pair_sightings", "month", "latest", "first", "births", "spells")


class _Place(NamedTuple):
    """Where a sighting is written."""

    family: int
    rowset: int


@dataclass(frozen=True)
class Family:
    """What is held of some families, and of what was derived of it that by which days are counted."""

    base: rule.Base
    rowsets: list[int]
    places: Mapping[rule.Sighting, _Place]
    derived: rule.Derived

    @property
    def births(self) -> dict[int, date]:
        """The first day of each installation, of a pair under its stock pseudonym."""
        return {birth.install: birth.day for birth in self.derived.births}


Transform = Callable[[Family], rule.Changed]
"""A change of what is held of some whole families, as `headcount.warehouse.derivation` has them."""


class Families:
    """Changes families, and sums up what that changes of the counts of days."""

    def __init__(self, change: Change, *, anew: bool = False) -> None:
        """``anew``: all families are changed, so that days are counted by what they hold then alone."""
        self._change = change
        self.anew = anew
        self.touched: set[int] = set()
        """The names of those that were changed."""
        self.installs: Counter[date] = Counter()
        """By how much how many installations were seen on a day changes."""
        self.newcomers: Counter[date] = Counter()
        """The same of those that were seen for the first time."""
        self._release: dict[int, int] = {}

    def change(self, names: Collection[int], transform: Transform) -> int:
        """Change some whole families; return how many sightings moved. Raises `WarehouseUnavailable`."""
        held = read(self._change.before, names)
        changed = transform(held)
        derived = self._derive(changed)
        self._count(held, changed, derived)
        self._write(names, held, changed.base, derived)
        self.touched |= {*names}
        return changed.moved

    def change_each(self, names: Iterable[int], transform: Transform) -> int:
        """Change families of which each is changed by itself, some at a time; return how many sightings moved."""
        return sum(self.change(some, transform) for some in parts(names))

    def _derive(self, changed: rule.Changed) -> rule.Derived:
        base = changed.base
        compared = rule.profiles_to_compare(base.origins, base.sightings, changed.fresh)
        return rule.derive(
            rule.Facts(
                base.sightings,
                base.origins,
                releases=self._releases({each.profile for each in base.sightings}),
                said=self._said(compared),
                veterans=base.veterans,
                held_since=last_retention(self._change),
                fresh=changed.fresh,
            )
        )

    @cached_property
    def _after(self) -> ClickHouseSnapshot:
        """What is there with the profiles and classes of the change, which are written before families."""
        return self._change.after()

    @cached_property
    def _left_out(self) -> set[int]:
        kinds = self._after.query("SELECT class, kind FROM classes", {})
        return {number for number, kind in kinds if kind in rule.LEFT_OUT}

    def _releases(self, profiles: Collection[int]) -> Mapping[int, int]:
        self._release.update(self._profiles("profile, buildbot", {*profiles} - self._release.keys()))
        return self._release

    def _said(self, profiles: Collection[int]) -> dict[int, frozenset[int]]:
        rows = self._profiles("profile, classes, depths", profiles)
        return {key: rule.entries(classes, depths, self._left_out) for key, classes, depths in rows}

    def _profiles(self, columns: str, profiles: Collection[int]) -> list[tuple[Any, ...]]:
        return [
            row
            for some in parts(profiles)
            for row in self._after.query(f"SELECT {columns} FROM profiles WHERE {among('profile', some)}", {})  # noqa: S608  # our own names
        ]

    def _count(self, held: Family, changed: rule.Changed, derived: rule.Derived) -> None:
        before = held.derived
        if self.anew:
            since = self._change.held_since
            days = {day for day, _ in _seen(changed.base.sightings, derived) if day >= since}
            for day, installs, newcomers in rule.count_days(
                _seen(changed.base.sightings, derived), derived.births, days
            ):
                self.installs[day] += installs
                self.newcomers[day] += newcomers
            return
        days = rule.touched_days(changed.days, before, derived, changed.base.sightings, last_retention(self._change))
        for sign, sightings, of in ((-1, held.base.sightings, before), (1, changed.base.sightings, derived)):
            for day, installs, newcomers in rule.count_days(_seen(sightings, of), of.births, days):
                self.installs[day] += sign * installs
                self.newcomers[day] += sign * newcomers
        self.installs.update(dict.fromkeys(days, 0))

    def _write(self, names: Collection[int], held: Family, base: rule.Base, derived: rule.Derived) -> None:
        stock_of = {origin.install: origin.stock for origin in derived.origins}
        rowset = self._change.replace(Unit.FAMILY, names, held.rowsets)
        tables: dict[str, Iterable[tuple[Any, ...]]] = {
            "origins": [(*each[:4], int(bool(each.agrees))) for each in derived.origins],
            "repeats": base.repeats,
            "crowded": base.crowded,
            "later": [(*each[:5], int(each.crowded)) for each in base.later],
            "veterans": [(install,) for install in base.veterans],
            "tombstones": list(base.tombstones.items()),
            **{table: getattr(derived, table) for table in _DERIVED},
        }
        for table, rows in tables.items():
            grouped: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
            for row in rows:
                name = row[1] if table == "pairs" else row[0 if table != "month" else 1]
                grouped[stock_of.get(name, name)].append(row)
            for family, found in grouped.items():
                self._change.write(table, found, rowset(family), family)
        self._write_sightings(held, base.sightings, stock_of)

    def _write_sightings(self, held: Family, sightings: Collection[rule.Sighting], stock_of: Mapping[int, int]) -> None:
        """Write the sightings that are new; those of a load have a row set of their own, which lives on where it may."""
        due = {each: stock_of.get(each.install, each.install) for each in sightings}
        expiring = self._change.expired_before if self._change.expired == self._change.version else None
        gone = {
            place.rowset
            for each, place in held.places.items()
            if due.get(each) != place.family and (expiring is None or each.day >= expiring)
        }
        self._change.kill(gone)
        grouped: dict[int, list[rule.Sighting]] = defaultdict(list)
        for each, family in due.items():
            if each not in held.places or held.places[each].rowset in gone:
                grouped[family].append(each)
        for family, found in grouped.items():
            self._change.write("sightings", found, self._change.rowset(), family)


def read(snapshot: ClickHouseSnapshot, names: Collection[int]) -> Family:
    """Return what is held of some families. Raises `WarehouseUnavailable`."""
    where = among("family", names)
    found = rowsets(snapshot, Unit.FAMILY, names)

    def rows(table: str) -> list[Any]:
        return snapshot.rows_of(table, where, found) if found else []

    seen = snapshot.rows("sightings", where, "family", "rowset")
    places = {rule.Sighting(*row[:4]): _Place(row[4], row[5]) for row in seen}
    base = rule.Base(
        sightings=[*places],
        origins=[rule.Origin(*row)._replace(agrees=bool(row[-1])) for row in rows("origins")],
        repeats=[rule.Repeat(*row) for row in rows("repeats")],
        crowded=[rule.Crowded(*row) for row in rows("crowded")],
        later=[rule.Later(*row)._replace(crowded=bool(row[-1])) for row in rows("later")],
        tombstones=dict(rows("tombstones")),
        veterans={install for (install,) in rows("veterans")},
    )
    derived = rule.Derived(
        origins=list(base.origins),
        pairs=[rule.Pair(*row) for row in rows("pairs")],
        pair_sightings=[rule.Sighting(*row) for row in rows("pair_sightings")],
        births=[rule.Birth(*row) for row in rows("births")],
    )
    return Family(base, found, places, derived)


def all_families(snapshot: ClickHouseSnapshot) -> set[int]:
    """Return the names of all families. Raises `WarehouseUnavailable`."""
    names = {unit for _, unit in snapshot.rows("rowsets", f"kind = {Unit.FAMILY.value}")}
    return names | snapshot.families("sightings", "1")


def closed(snapshot: ClickHouseSnapshot, installs: Collection[int]) -> set[int]:
    """Return the names of the families of some installations, their own among them. Raises `WarehouseUnavailable`."""
    names = {*installs}
    for some in parts(installs):
        rows = snapshot.query(f"SELECT DISTINCT stock FROM origins WHERE {among('install', some)}", {})  # noqa: S608  # our own names
        names |= {stock for (stock,) in rows}
    return names


def _seen(sightings: Iterable[rule.Sighting], derived: rule.Derived) -> Iterator[tuple[date, int]]:
    """Yield on which days which installations were seen, as they are counted."""
    halves = {install for pair in derived.pairs for install in pair[:2]}
    yield from ((each.day, each.install) for each in sightings if each.install not in halves)
    yield from ((each.day, each.install) for each in derived.pair_sightings)


def last_retention(change: Change) -> date | None:
    """Return the day of the last retention as the rule has it: None where there was none."""
    return None if change.held_since == rule.LONG_AGO else change.held_since


def parts(numbers: Iterable[int]) -> Iterator[list[int]]:
    """Yield some numbers at a time, no more than a statement names."""
    left = iter(numbers)
    while some := list(islice(left, TOGETHER)):
        yield some
