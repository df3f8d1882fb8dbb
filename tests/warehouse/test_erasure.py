"""Erasure, retention, and clocks that were wrong; retention to first days of months, as every engine has it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.contract import Arrival, Name, Profile
from headcount.warehouse import Warehouse, published_states
from headcount.warehouse.derivation import alive_since, day_of
from tests.support.contents import everything, table
from tests.support.engines import Engine
from tests.support.tables import ARRIVALS, NEVER, START

DAY = 86_400
RARE, OTHER = "buildbot.steps.source.monotone.Monotone", "buildbot.steps.source.cvs.CVS"


def _arrival(install: int, day: int, key: int = 1, *names: str, stock: int = 0) -> Arrival:
    profile = Profile("headcount", "basic", plugins=tuple((Name(name), key) for name in names))
    return Arrival(START + day * DAY, install, key, profile.canonical(), stock=stock)


ERASED = given(st.lists(ARRIVALS, max_size=25), st.sets(st.integers(1, 9), max_size=3))


@pytest.mark.soak
@settings(max_examples=12)
@ERASED
def test_an_erased_installation_leaves_what_would_be_without_it(
    engine: Engine, arrivals: Sequence[Arrival], gone: set[int]
) -> None:
    """In every table, derived ones and profiles included; and it does not come back from before."""
    _erase_and_compare(engine, arrivals, gone)


@pytest.mark.clickhouse(recent="never", cluster="never")
@pytest.mark.soak
@settings(max_examples=600, derandomize=False)
@ERASED
def test_many_erased_installations(engine: Engine, arrivals: Sequence[Arrival], gone: set[int]) -> None:
    """The same, many more times."""
    _erase_and_compare(engine, arrivals, gone)


def _erase_and_compare(engine: Engine, arrivals: Sequence[Arrival], gone: set[int]) -> None:
    rest = [one for one in arrivals if one.install not in gone]
    with closing(engine()) as warehouse, closing(engine()) as without:
        for batch in (arrivals[::2], arrivals[1::2]):
            warehouse.load(batch, inbox="a", through=1)
        without.load(rest, inbox="a", through=1)
        warehouse.erase(sorted(gone), START + 200 * DAY)
        assert everything(warehouse) == everything(without)
        warehouse.load(arrivals, inbox="a", through=1)
        assert everything(warehouse)["sightings"] == everything(without)["sightings"]


def test_a_tombstone_lets_later_reports_in(warehouse: Warehouse) -> None:
    """Who was erased and goes on reporting is there anew, from then on."""
    warehouse.load([_arrival(1, 0)], inbox="a", through=1)
    warehouse.erase([1], START + DAY)
    warehouse.load([_arrival(1, 0), _arrival(1, 2)], inbox="a", through=2)
    assert [day["day"] for day in warehouse.holding(1).sightings] == ["2026-01-03"]


@pytest.mark.clickhouse(recent="ci", cluster="ci")
def test_an_erasure_that_is_applied_late_takes_what_came_before_it(warehouse: Warehouse) -> None:
    """As after a backup was brought back: what was received since stays, and came first then."""
    warehouse.load([_arrival(1, 0, 1, stock=2), _arrival(2, 0)], inbox="a", through=1)
    warehouse.load([_arrival(1, 3, 2, stock=2), _arrival(1, 5, 2, stock=2)], inbox="a", through=2)
    warehouse.erase([1, 2], START + DAY)
    assert [day["day"] for day in warehouse.holding(1).sightings] == ["2026-01-04", "2026-01-06"]
    assert not warehouse.holding(2)
    assert [row[:4] for row in table(warehouse, "origins")] == [(1, 2, START + 3 * DAY, 2)]
    assert table(warehouse, "births", "install", "day", "second") == [(1, date(2026, 1, 4), date(2026, 1, 6))]
    held = everything(warehouse)
    warehouse.rebuild()
    assert everything(warehouse) == held


def test_an_erasure_is_known_for_longer_than_what_came_before_it(warehouse: Warehouse) -> None:
    """Or the tombstone that lies beside the warehouse would be applied anew after each expiry."""
    warehouse.load([_arrival(1, 0), _arrival(2, 0)], inbox="a", through=1)
    warehouse.erase([1], START + DAY)
    assert warehouse.expire(date(2026, 6, 1), date(2026, 6, 1))
    assert warehouse.tombstones() == {1: START + DAY}


def test_what_is_held_is_all_that_is_held(warehouse: Warehouse) -> None:
    """Every sighting, and each profile in full, without any pseudonym."""
    warehouse.load([_arrival(1, 0, 1, RARE), _arrival(1, 3, 2), _arrival(2, 0, 3)], inbox="a", through=1)
    found = warehouse.holding(1)
    assert found.sightings == [
        {"day": "2026-01-01", "last": "2026-01-01T00:00:00Z", "profile": 0},
        {"day": "2026-01-04", "last": "2026-01-04T00:00:00Z", "profile": 1},
    ]
    assert [profile["names"] for profile in found.profiles] == [[RARE], []]
    assert not warehouse.holding(3)


@pytest.mark.clickhouse(recent="ci", cluster="test")
def test_retention_keeps_counts_alone(warehouse: Warehouse) -> None:
    """Older sightings go, with who had no others; the counts of their days stay, and nobody becomes new or unconfirmed."""
    warehouse.load([_arrival(1, 0), _arrival(2, 0, 2, RARE), _arrival(1, 40), _arrival(3, 40)], inbox="a", through=1)
    daily = table(warehouse, "daily")
    assert warehouse.expire(date(2026, 2, 1), date(2025, 1, 1))
    assert not warehouse.expire(date(2026, 2, 1), date(2025, 1, 1))
    assert table(warehouse, "sightings", "install") == [(1,), (3,)]
    assert table(warehouse, "births") == [
        (1, date(2026, 2, 10), date(2026, 2, 10), date(2026, 1, 31)),
        (3, date(2026, 2, 10), NEVER, date(2026, 2, 10)),
    ]
    assert table(warehouse, "daily") == daily
    assert not warehouse.holding(2)
    assert len(table(warehouse, "profiles")) == 1
    before = everything(warehouse)
    warehouse.rebuild()
    assert everything(warehouse) == before


@pytest.mark.ci
def test_a_pair_outlives_what_expires_of_it(warehouse: Warehouse) -> None:
    """Of which half ever: it is one installation still, neither new nor unconfirmed, and a rebuild says the same."""
    stock, ours = 1, 2
    reports = [_arrival(ours, day, 1, RARE, stock=stock) for day in (40, 41, 60)]
    warehouse.load([_arrival(stock, 0, 1, RARE), *reports], inbox="a", through=1)
    for before, first, confirmed in (
        ("2026-02-01", "2026-02-10", "2026-02-11"),
        ("2026-03-01", "2026-03-02", "2026-03-02"),
    ):
        warehouse.expire(date.fromisoformat(before), date(2025, 1, 1))
        day = date.fromisoformat(first)
        assert table(warehouse, "pairs", "install", "stock", "confirmed") == [(2, 1, date.fromisoformat(confirmed))]
        assert table(warehouse, "births", "install", "day", "second") == [(1, day, day)]
        held = everything(warehouse)
        warehouse.rebuild()
        assert everything(warehouse) == held
    warehouse.load([_arrival(stock, 100, 3)], inbox="a", through=2)  # back as stock, with another configuration
    assert table(warehouse, "latest", "install", "profile") == [(1, 1)]
    warehouse.expire(date(2026, 4, 1), date(2025, 1, 1))
    assert table(warehouse, "latest", "install", "profile") == [(1, 3)]
    assert table(warehouse, "births", "install", "day", "second") == [(1, date(2026, 4, 11), date(2026, 4, 11))]
    assert table(warehouse, "pairs") == table(warehouse, "origins") == []


@pytest.mark.ci
@pytest.mark.parametrize("late", [_arrival(1, 440, 3, OTHER), _arrival(2, 454, 3, OTHER, stock=1)])
@pytest.mark.parametrize(("more", "pairs"), [(0, []), (1, [(2, 1)])])
def test_what_comes_late_is_judged_by_all_of_its_13_months_or_not_at_all(
    warehouse: Warehouse, late: Arrival, more: int, pairs: list[tuple[int, int]]
) -> None:
    """Two that were a pair stay so where some of what they were judged by is no longer held."""
    reports = [_arrival(1, 445, 1, RARE), _arrival(2, 515, 1, RARE, stock=1)]
    warehouse.load([_arrival(1, 0, 1, RARE), *reports], inbox="a", through=1)
    first = (
        START + (454 if late.stock else 515) * DAY
    )  # of the first report with the secret, on the last day of a month
    since = alive_since(day_of(first))
    assert since.day == 1
    warehouse.expire(since.replace(month=since.month + more), date(2025, 1, 1))
    warehouse.load([late], inbox="a", through=2)
    assert table(warehouse, "pairs", "install", "stock") == pairs


def test_the_counts_of_days_that_expired_outlive_a_longer_retention(warehouse: Warehouse) -> None:
    """Older history is imported, and some of it expires: a rebuild leaves what is counted of the days between."""
    warehouse.load([_arrival(1, 40), _arrival(2, 60)], inbox="a", through=1)
    warehouse.expire(date(2026, 3, 1), date(2025, 1, 1))
    counted = table(warehouse, "daily")
    assert len(counted) == 2
    warehouse.load([_arrival(3, 1)], inbox="b", through=1)
    assert warehouse.expire(date(2026, 2, 1), date(2025, 1, 1))
    warehouse.rebuild()
    assert table(warehouse, "daily") == counted


@pytest.mark.ci
@pytest.mark.parametrize("gone", [1, 2])
def test_of_a_pair_one_half_is_erased(warehouse: Warehouse, gone: int) -> None:
    """The other one is an installation of its own then; and of two who agreed the next is the pair."""
    reports = [_arrival(install, day, 1, RARE, stock=1) for install, day in ((2, 30), (3, 40), (2, 31))]
    warehouse.load([_arrival(1, 0, 1, RARE), *reports], inbox="a", through=1)
    assert table(warehouse, "pairs", "install", "stock") == [(2, 1)]
    warehouse.erase([gone], START + 50 * DAY)
    assert table(warehouse, "pairs", "install", "stock") == ([(3, 1)] if gone == 2 else [])
    assert table(warehouse, "births", "install") == ([(1,)] if gone == 2 else [(2,), (3,)])


@pytest.mark.clickhouse(recent="ci", cluster="ci")
def test_who_was_published_is_erased_and_expires_too(warehouse: Warehouse) -> None:
    """What is kept to know who changed since holds nobody longer than the sightings do."""
    warehouse.load([_arrival(1, 0), _arrival(2, 0), _arrival(3, 40)], inbox="a", through=1)
    assert not warehouse.was_published("2026-W10")
    assert warehouse.publish("2026-W10", "{}", {1: 1, 2: 1, 3: 1}) == "{}"
    warehouse.note_published("2026-W11")
    assert warehouse.was_published("2026-W10")
    assert warehouse.was_published("2026-W11")
    warehouse.erase([2], START + 50 * DAY)
    with warehouse.snapshot() as snapshot:
        assert published_states(snapshot, "2026-W10") == {1: 1, 3: 1}
        assert published_states(snapshot, "2026-W11") is None
    warehouse.expire(date(2026, 2, 1), date(2025, 1, 1))
    assert table(warehouse, "published", "install") == [(3,)]


@pytest.mark.clickhouse(recent="ci", cluster="ci")
def test_ids_of_reports_go_by_themselves(warehouse: Warehouse) -> None:
    """Also while no sighting is old enough to go."""
    warehouse.load([_arrival(1, 0)._replace(report=5), _arrival(1, 60)._replace(report=6)], inbox="a", through=1)
    for before, left in (("2026-01-01", [(5,), (6,)]), ("2026-01-02", [(6,)]), ("2026-03-03", [])):
        assert not warehouse.expire(date(2024, 1, 1), date.fromisoformat(before))
        assert table(warehouse, "reports", "report") == left


@pytest.mark.ci
def test_a_clock_that_ran_ahead(warehouse: Warehouse) -> None:
    """What it stamped is set apart once it is right, stays so when its time comes, and is no installation meanwhile."""
    now = START + 10 * DAY
    warehouse.keep_time(now)
    warehouse.load([_arrival(1, 10)], inbox="a", through=1, now=now)
    ahead = now + 35 * DAY
    warehouse.keep_time(ahead)
    warehouse.load([_arrival(1, 45), _arrival(2, 45)], inbox="a", through=2, now=ahead)
    assert warehouse.keep_time(now + 60) == 2
    assert table(warehouse, "births", "install") == [(1,)]
    warehouse.load(
        [_arrival(3, 11)], inbox="a", through=3, now=now + 60
    )  # waited in an inbox until the clock was right
    assert len(table(warehouse, "later")) == 3
    for hours in range(1, 40 * 24, 23):
        assert warehouse.keep_time(now + hours * 3600) == 0
    assert table(warehouse, "births", "install") == [(1,)]


def test_a_clock_that_fell_behind(warehouse: Warehouse) -> None:
    """What seems later than it comes back when it is put right."""
    now = START + 400 * DAY
    warehouse.keep_time(now)
    warehouse.load([_arrival(install, 300 + install) for install in range(1, 90)], inbox="a", through=1, now=now)
    before = everything(warehouse)
    assert warehouse.keep_time(START) == 89
    assert table(warehouse, "sightings") == []
    assert warehouse.keep_time(START + 3600) == 0
    assert warehouse.keep_time(now + 60) == 89
    assert everything(warehouse) == before
