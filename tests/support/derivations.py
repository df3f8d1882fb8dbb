"""What a warehouse's tables hold, beside what `headcount.warehouse.derivation` derives of what they held before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from headcount.contract import Arrival
from headcount.warehouse import Warehouse
from headcount.warehouse import derivation as rule
from tests.support import contents
from tests.support.contents import fact

_ROWS: Mapping[str, tuple[type[NamedTuple], str]] = {
    "sightings": (rule.Sighting, "install, day, profile, last"),
    "origins": (rule.Origin, "install, stock, first_at, first_profile, agrees"),
    "repeats": (rule.Repeat, "install, profile, last"),
    "crowded": (rule.Crowded, "install, day"),
    "later": (rule.Later, "install, profile, last, noted, stock, crowded"),
    "anonymous": (rule.Anonymous, "day, profile"),
    "drops": (rule.Drop, "day, kind, body"),
    "pairs": (rule.Pair, "install, stock, confirmed, stock_until"),
    "pair_sightings": (rule.Sighting, "install, day, profile, last"),
    "month": (rule.Month, "m, install, profile, days, last"),
    "latest": (rule.Latest, "install, profile, last"),
    "first": (rule.First, "install, release, day, upto"),
    "births": (rule.Birth, "install, day, second, earliest"),
    "spells": (rule.Spell, "install, profile, day, upto"),
    "daily": (rule.Daily, "day, installs, newcomers"),
    "floods": (rule.Flood, "day, newcomers, bound"),
    "quarantine": (rule.Apart, "install, came, released"),
    "comebacks": (rule.Comeback, "install, day"),
}
_OF_BASE = ("sightings", "origins", "repeats", "crowded", "later", "tombstones", "veterans")
_OF_NONE = ("reports", "anonymous", "drops", "published", "receipts", "held since", "clock", "moved", "said")
_OF_INSTALLATIONS = ("pairs", "pair_sightings", "month", "latest", "first", "births", "spells")
_OTHERS = {
    "reports": "SELECT report, day FROM reports",
    "tombstones": "SELECT install, until FROM tombstones",
    "veterans": "SELECT install FROM veterans",
    "said": "SELECT profile, buildbot, classes, depths FROM profiles",
    "receipts": "SELECT receipt, asked, disk FROM receipts",
    "published": "SELECT install, profile FROM published",
    "classes": "SELECT class, kind FROM classes",
}

Tables = dict[str, list[Any]]
"""The rows of each table, sorted."""


def tables_of(warehouse: Warehouse) -> Tables:
    """Return all that is held, and all that is derived."""
    with warehouse.snapshot() as snapshot:
        found: Tables = {
            name: sorted(make(*row) for row in snapshot.query(f"SELECT {columns} FROM {name}", {}))
            for name, (make, columns) in _ROWS.items()
        }
        others: Tables = {name: sorted(snapshot.query(sql, {})) for name, sql in _OTHERS.items()}
        others["receipts"] = [(receipt, asked, disk or None) for receipt, asked, disk in others["receipts"]]
        clock, moved = fact(snapshot, "clock"), fact(snapshot, "moved")
        others["clock"] = [(None if clock is None else int(clock),)]
        others["moved"] = [] if moved is None else [(moved,)]
        return {**found, **others, "held since": [(contents.held_since(snapshot),)]}


class Families:
    """The names of the families of all installations of which something is held, or comes."""

    def __init__(self, tables: Tables, arrivals: Iterable[Arrival] = ()) -> None:
        base = base_of(tables)
        self._stock_of = {
            **{each.install: each.stock for each in arrivals if each.stock},
            **{each.install: each.stock for each in base.later if each.stock},  # all there is where all are set apart
            **{each.install: each.stock for each in base.origins},
        }

    def of(self, installs: Iterable[int]) -> set[int]:
        """Return the names of the families of some installations."""
        return {self._stock_of.get(install, install) for install in installs}

    def have(self, names: Collection[int], install: int) -> bool:
        """Return whether an installation is of one of some families."""
        return self._stock_of.get(install, install) in names


def base_of(tables: Tables, is_meant: Callable[[int], bool] = lambda _: True) -> rule.Base:
    """Return what is held of those installations that are meant."""
    found = {name: [row for row in tables[name] if is_meant(row[0])] for name in _OF_BASE}
    return rule.Base(
        found["sightings"],
        found["origins"],
        found["repeats"],
        found["crowded"],
        found["later"],
        dict(found["tombstones"]),
        [install for (install,) in found["veterans"]],
    )


def held_since(tables: Tables) -> date | None:
    """Return the day of the last retention."""
    return tables["held since"][0][0]  # type: ignore[no-any-return]


def held_of(tables: Tables, arrivals: Iterable[Arrival]) -> rule.Held:
    """Return what an engine would read for a batch: no more than what is of the installations in it."""
    installs = {each.install for each in arrivals}

    def of_batch(name: str) -> list[Any]:
        return [row for row in tables[name] if row.install in installs]

    ids = {each.report for each in arrivals}
    return rule.Held(
        tombstones={install: until for install, until in tables["tombstones"] if install in installs},
        reports={report: None for report, _ in tables["reports"] if report in ids},
        sightings=of_batch("sightings"),
        repeats=of_batch("repeats"),
        origins=of_batch("origins"),
        crowded=of_batch("crowded"),
        births={birth.install: birth.day for birth in of_batch("births")},
        held_since=held_since(tables),
    )


def assert_follows(
    warehouse: Warehouse,
    before: Tables,
    change: Callable[[rule.Base], rule.Changed],
    is_touched: Callable[[int], bool],
    beside: Mapping[str, Iterable[Any]],
) -> None:
    """Assert that every table holds what the rule says after a change, which touches the families of some installations.

    ``beside``: the rows, as they are then, of tables that are of no installation; the others are what they were.
    """
    after = tables_of(warehouse)
    changed = change(base_of(before, is_touched))
    held, others = _rows(changed.base), _rows(base_of(before, lambda install: not is_touched(install)))
    rows = {name: sorted(held[name] + others[name]) for name in held}
    assert _rows(base_of(after)) == rows
    of_all = change(base_of(before))  # whichever other families are changed too
    assert (_rows(of_all.base), of_all.days, of_all.moved) == (rows, changed.days, changed.moved)
    for name in _OF_NONE:
        assert after[name] == sorted(beside.get(name, before[name])), name
    facts = _facts(changed, after)
    derived = rule.derive(facts)
    for name in (*_OF_INSTALLATIONS, "origins"):
        untouched = [row for row in before[name] if not is_touched(row.install)]
        assert after[name] == sorted(untouched + getattr(derived, name)), name
    old = rule.Derived(
        births=[row for row in before["births"] if is_touched(row.install)],
        pairs=[row for row in before["pairs"] if is_touched(row.stock)],
    )
    days = rule.touched_days(changed.days, old, derived, facts.sightings, facts.held_since)
    counted = rule.count_days(_seen(after), after["births"], days)
    assert after["daily"] == sorted([row for row in before["daily"] if row.day not in days] + counted)
    _assert_set_apart(after, warehouse)


def _rows(base: rule.Base) -> Tables:
    """Return the rows of the tables of what is held, sorted; of the origins all but the judgement."""
    found = {name: sorted(getattr(base, name)) for name in ("sightings", "repeats", "crowded", "later")}
    return {
        **found,
        "origins": sorted(row[:4] for row in base.origins),
        "tombstones": sorted(base.tombstones.items()),
        "veterans": sorted((install,) for install in base.veterans),
    }


def _facts(changed: rule.Changed, tables: Tables) -> rule.Facts:
    """Return what an engine would read beside what is held of some families, to derive it."""
    base, fresh = changed.base, changed.fresh
    wanted = rule.profiles_to_compare(base.origins, base.sightings, fresh)
    left_out = {number for number, kind in tables["classes"] if kind in rule.LEFT_OUT}
    profiles = {row[0]: row for row in tables["said"]}
    return rule.Facts(
        base.sightings,
        base.origins,
        releases={row.profile: profiles[row.profile][1] for row in base.sightings},
        said={key: rule.entries(profiles[key][2], profiles[key][3], left_out) for key in wanted & profiles.keys()},
        veterans=base.veterans,
        held_since=held_since(tables),
        fresh=fresh,
    )


def _assert_set_apart(tables: Tables, warehouse: Warehouse) -> None:
    """Assert that who is set apart, since when, and until when, is what the rule says of all that is held."""
    seen: dict[int, set[date]] = defaultdict(set)
    for day, install in _seen(tables):
        seen[install].add(day)
    new = [birth for birth in tables["births"] if birth.earliest == birth.day]

    def newcomer(birth: rule.Birth) -> rule.Newcomer:
        return rule.Newcomer(birth.install, birth.day, sorted(seen[birth.install] - {birth.day}))

    marked = {*tables["crowded"]}
    found = rule.set_apart(
        warehouse.floods,
        min((birth.day for birth in tables["births"]), default=None),
        rule.Tally(
            {row.day for row in tables["daily"] if row.installs},
            _count(birth.day for birth in new),
            _count(birth.second for birth in tables["births"] if birth.second < rule.NEVER),
        ),
        [newcomer(birth) for birth in new if (birth.install, birth.day) in marked],
        lambda day: [newcomer(birth) for birth in new if birth.day == day],
    )
    assert tables["floods"] == sorted(found.floods)
    assert tables["quarantine"] == sorted(found.apart)
    assert tables["comebacks"] == sorted(found.comebacks)


def _seen(tables: Tables) -> set[tuple[date, int]]:
    halves = {install for pair in tables["pairs"] for install in pair[:2]}
    rows = [*(row for row in tables["sightings"] if row.install not in halves), *tables["pair_sightings"]]
    return {(row.day, row.install) for row in rows}


def _count(days: Iterable[date]) -> dict[date, int]:
    counts: dict[date, int] = defaultdict(int)
    for day in days:
        counts[day] += 1
    return counts
