"""What DuckDB's tables hold, beside what the rule of `headcount.warehouse.derivation` derives of what they held before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from headcount.contract import Arrival
from headcount.warehouse import Warehouse
from headcount.warehouse import derivation as rule

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
_OF_INSTALLATIONS = ("pairs", "pair_sightings", "month", "latest", "first", "births", "spells")
_OTHERS = {
    "reports": "SELECT report, day FROM reports",
    "tombstones": "SELECT install, until FROM tombstones",
    "veterans": "SELECT install FROM veterans",
    "said": "SELECT profile, buildbot, classes, depths FROM profiles",
    "held since": "SELECT max(value::DATE) FROM facts WHERE name = 'held since'",
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
        return {**found, **{name: snapshot.query(sql, {}) for name, sql in _OTHERS.items()}}


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


def assert_changed(before: Tables, after: Tables, decided: rule.Decision) -> None:
    """Assert that of what is held there is what was there before, and what was decided."""
    gone, come = {*decided.withdrawn}, {row[:3]: row for row in decided.sightings}
    sightings = {row for row in before["sightings"] if row not in gone and row[:3] not in come} | {*come.values()}
    assert after["sightings"] == sorted(sightings)
    origins = {row.install: row for row in (*before["origins"], *decided.origins)}
    assert [row[:4] for row in after["origins"]] == sorted(row[:4] for row in origins.values())
    for name, going, coming in (
        ("repeats", decided.answered, decided.repeats),
        ("crowded", decided.cleared, decided.crowded),
        ("later", [], decided.later),
        ("anonymous", [], decided.anonymous),
        ("drops", [], decided.drops),
    ):
        assert {*after[name]} == ({*before[name]} | {*coming}) - {*going}, name
    ids = {report: rule.day_of(sent.received) for report, sent in decided.reports.items()}
    assert {*after["reports"]} == {*before["reports"], *ids.items()}


def facts_of(tables: Tables, installs: Collection[int], fresh: Sequence[tuple[int, int, int]] = ()) -> rule.Facts:
    """Return what an engine would read to derive what touches some installations: that of their families."""
    own = [row for row in tables["origins"] if row.install in installs]
    names = rule.stocks(installs, own)
    origins = [row for row in tables["origins"] if row.stock in names]
    family = rule.members(names, origins)
    sightings = [row for row in tables["sightings"] if row.install in family]
    origins = rule.stir(origins, fresh, held_since(tables))
    wanted = rule.profiles_to_compare(origins, sightings, fresh)
    left_out = {number for number, kind in tables["classes"] if kind in rule.LEFT_OUT}
    profiles = {row[0]: row for row in tables["said"]}
    return rule.Facts(
        sightings,
        origins,
        releases={row.profile: profiles[row.profile][1] for row in sightings},
        said={key: rule.entries(profiles[key][2], profiles[key][3], left_out) for key in wanted & profiles.keys()},
        veterans={install for (install,) in tables["veterans"] if install in family},
        held_since=held_since(tables),
        fresh=fresh,
    )


def family_of(facts: rule.Facts, installs: Collection[int]) -> set[int]:
    """Return the installations whose derived rows are replaced."""
    return rule.members({*installs, *(origin.stock for origin in facts.origins)}, facts.origins)


def assert_derived(
    before: Tables, after: Tables, facts: rule.Facts, family: Collection[int], days: Iterable[date]
) -> rule.Derived:
    """Assert that the rows of a family are what the rule derives, all others what they were, and the days are counted."""
    derived = rule.derive(facts)
    for name in _OF_INSTALLATIONS:
        rows = getattr(derived, name)
        others = [row for row in before[name] if row.install not in family]
        assert after[name] == sorted(others + rows), name
    assert [row for row in after["origins"] if row.install in family] == sorted(derived.origins)
    old = rule.Derived(
        births=[row for row in before["births"] if row.install in family],
        pairs=[row for row in before["pairs"] if row.stock in family],
    )
    touched = rule.touched_days(days, old, derived, facts.sightings, facts.held_since)
    counted = rule.count_days(_seen(after), after["births"], touched)
    assert after["daily"] == sorted([row for row in before["daily"] if row.day not in touched] + counted)
    return derived


def assert_set_apart(tables: Tables, warehouse: Warehouse) -> None:
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


def load_and_compare(
    warehouse: Warehouse, arrivals: Sequence[Arrival], now: int | None = None, *, inbox: str = "a", through: int = 1
) -> None:
    """Load a batch, and assert that it changed what the rule says, in what is held and in what is derived."""
    before = tables_of(warehouse)
    decided = rule.decide(arrivals, held_of(before, arrivals), now)
    warehouse.load(arrivals, inbox=inbox, through=through, now=now)
    after = tables_of(warehouse)
    assert_changed(before, after, decided)
    installs = {row.install for row in (*decided.sightings, *decided.withdrawn)} | {row[0] for row in decided.fresh}
    unjudged = {**after, "origins": _by_install(before["origins"], decided.origins)}
    facts = facts_of(unjudged, installs, decided.fresh)
    assert_derived(before, after, facts, family_of(facts, installs), decided.days)
    assert_set_apart(after, warehouse)


def assert_all_derived(warehouse: Warehouse, before: Tables | None = None) -> None:
    """Assert that all that is derived is what the rule derives; ``before``: where days of before retention keep counts."""
    after = tables_of(warehouse)
    installs = {row.install for row in after["sightings"]} | {row.stock for row in after["origins"]}
    facts = facts_of(after, installs)
    nothing = {name: list[Any]() for name in after}
    nothing["daily"] = [
        row for row in (before or after)["daily"] if facts.held_since is not None and row.day < facts.held_since
    ]
    days = {row.day for row in after["sightings"]}
    assert_derived(nothing, after, facts, family_of(facts, installs), days)
    assert_set_apart(after, warehouse)


def change_and_compare(warehouse: Warehouse, change: Callable[[Warehouse], object]) -> None:
    """Do what is no load, and assert that all that is derived is what the rule derives."""
    before = tables_of(warehouse)
    change(warehouse)
    assert_all_derived(warehouse, before)


def _by_install(before: Iterable[rule.Origin], changed: Iterable[rule.Origin]) -> list[rule.Origin]:
    return sorted({row.install: row for row in (*before, *changed)}.values(), key=lambda row: row.install)


def _seen(tables: Tables) -> set[tuple[date, int]]:
    halves = {install for pair in tables["pairs"] for install in pair[:2]}
    rows = [*(row for row in tables["sightings"] if row.install not in halves), *tables["pair_sightings"]]
    return {(row.day, row.install) for row in rows}


def _count(days: Iterable[date]) -> dict[date, int]:
    counts: dict[date, int] = defaultdict(int)
    for day in days:
        counts[day] += 1
    return counts
