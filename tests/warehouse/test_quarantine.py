"""Floods of made-up installations, through the inbox and the loader, over every engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from headcount.contract import REPORTS_PATH, Arrival, read_report, read_stock, vocabulary
from headcount.fleet import simulate
from headcount.ingest import Inbox, Pseudonymizer, arrival
from headcount.ingest._newcomers import Newcomers
from headcount.questions import Answer, Query, ask
from headcount.warehouse import FloodRule, Loader, Warehouse
from tests.support.contents import contents, table
from tests.support.engines import Engine
from tests.support.reports import REPORT

FIRST = date(2026, 1, 1)
ONE = arrival(read_report(REPORT, vocabulary()), "0" * 40, 0, Pseudonymizer(b"k" * 32))._replace(report=0)
NEVER = date(2100, 1, 1)
SET_APART = ("floods", "comebacks", "quarantine")


def _day(number: int) -> date:
    return FIRST + timedelta(days=number)


def _on(number: int, installs: Iterable[int]) -> list[Arrival]:
    noon = int(datetime(FIRST.year, 1, 1, 12, tzinfo=UTC).timestamp()) + 86_400 * number
    return [ONE._replace(received=noon, install=install) for install in installs]


def _load(warehouse: Warehouse, *days: tuple[int, Iterable[int]]) -> None:
    arrivals = [one for number, installs in days for one in _on(number, installs)]
    warehouse.load(arrivals, inbox="x", through=1)


@pytest.fixture
def warehouse(engine: Engine) -> Iterator[Warehouse]:
    """Forty days with two newcomers each, and a rule by which ten are believed on most days."""
    with closing(engine()) as made:
        made.floods = FloodRule(floor=10)
        _load(made, *((number, (10 * number, 10 * number + 1)) for number in range(40)))
        yield made


def _apart(warehouse: Warehouse) -> dict[object, object]:
    return {install: released for install, _, released in table(warehouse, "quarantine")}


def test_calm_days_set_nobody_apart(warehouse: Warehouse) -> None:
    """Nor does a day at the bound."""
    _load(warehouse, (40, range(1000, 1010)))
    assert _apart(warehouse) == {}
    assert table(warehouse, "floods") == []


def test_a_flood_is_set_apart_with_its_day(warehouse: Warehouse) -> None:
    """All newcomers of that day, and nobody else; the count and the bound are kept for who asks."""
    _load(warehouse, (40, [0, 11, *range(1000, 1011)]), (41, range(2000, 2005)))
    assert _apart(warehouse) == dict.fromkeys(range(1000, 1011), NEVER)
    assert table(warehouse, "floods") == [(_day(40), 11, 10)]


def test_the_bound_follows_what_the_days_before_let_expect(engine: Engine) -> None:
    """Five times their median; and in the first weeks, with nothing to compare, there is none."""
    with closing(engine()) as made:
        made.floods = FloodRule(floor=10)
        _load(made, *((number, range(1000 * number, 1000 * number + 40)) for number in range(1, 40)))
        _load(made, (5, range(90_000, 90_900)), (40, range(80_000, 80_200)))
        assert _apart(made) == {}
        _load(made, (40, [80_200]))
        assert len(_apart(made)) == 201
        assert table(made, "floods") == [(_day(40), 201, 200)]


def test_who_comes_back_is_released_the_oldest_first(warehouse: Warehouse) -> None:
    """Ten on a day less who is new, and three quarters of 112 in 28 days, however many come back."""
    flood = range(1000, 1100)
    _load(warehouse, (40, flood), (41, range(2000, 2020)))
    _load(warehouse, *((day, [*range(2000, 2020), *flood]) for day in range(42, 70)), (43, [3000, 3001]))
    released = {install: day for install, day in _apart(warehouse).items() if day != NEVER}
    assert len(released) == 84
    assert {install: day for install, day in released.items() if day in (_day(42), _day(43), _day(44))} == {
        **dict.fromkeys(range(1000, 1010), _day(42)),
        **dict.fromkeys(range(1010, 1018), _day(43)),
        **dict.fromkeys(range(1018, 1028), _day(44)),
    }
    _load(warehouse, (80, [2003, 1099]))
    apart = _apart(warehouse)
    assert apart[2003] == apart[1099] == _day(80)
    _load(warehouse, (38, [1000]), (41, [1050]))  # late: no newcomer; and back before the others
    apart = _apart(warehouse)
    assert 1000 not in apart
    assert apart[1050] == _day(41)


def test_a_long_flood_does_not_become_what_is_expected(warehouse: Warehouse) -> None:
    """New ones on each of 25 days: the median of the days before stays that of the calm ones."""
    _load(warehouse, *((day, range(1000 * day, 1000 * day + 300)) for day in range(40, 65)))
    assert len(_apart(warehouse)) == 25 * 300


@pytest.mark.clickhouse(recent="ci", cluster="test")
def test_late_reports_are_reckoned_in(warehouse: Warehouse) -> None:
    """A day that was calm may be none when more of it is loaded, and who was there before was no newcomer."""
    _load(warehouse, (40, range(1000, 1008)))
    _load(warehouse, (45, range(1000, 1008)), (46, [1001]))
    _load(warehouse, (40, range(1008, 1012)))
    assert _apart(warehouse) == {
        **dict.fromkeys(range(1000, 1008), _day(45)),
        **dict.fromkeys(range(1008, 1012), NEVER),
    }
    _load(warehouse, (39, range(1000, 1002)))
    assert _apart(warehouse) == {}


def test_batches_in_any_order_and_a_rebuild_give_the_same(engine: Engine) -> None:
    """What is derived is a function of the sightings."""
    chance = Random(4)
    days = [(number, [chance.randrange(40 * number + 40) for _ in range(4)]) for number in range(62)]
    days += [(number, list(range(5000, 5000 + chance.randrange(90)))) for number in (40, 41, 44, 52, 60)]
    tables = []
    for seed in range(2):
        shuffled = [(number, [install]) for number, installs in days for install in installs]
        Random(seed).shuffle(shuffled)
        with closing(engine()) as made:
            made.floods = FloodRule(floor=10)
            for at in range(0, len(shuffled), 150):
                _load(made, *shuffled[at : at + 150])
            tables.append(contents(made, SET_APART))
            made.rebuild()
            tables.append(contents(made, SET_APART))
    assert tables[0]["quarantine"]
    assert all(found == tables[0] for found in tables)


def test_one_old_report_does_not_use_up_the_first_days(engine: Engine) -> None:
    """After 56 days without any report the days begin anew, with all their newcomers; where reports came, they do not."""
    for days, apart in (((0,), 0), ((0, 56, 112, 168), 100)):
        with closing(engine()) as made:
            _load(made, *((day, [1]) for day in days))
            _load(made, *((200 + day, range(100 * day, 100 * day + 100)) for day in (1, 20)))
            assert len(_apart(made)) == 2 * apart


@pytest.mark.ci
def test_a_trickle_within_the_bound_of_a_day_is_held_off_by_that_of_28_days(engine: Engine) -> None:
    """A fleet of fifty, and a hundred posts a day for twenty days, each made-up one on two of them; and ten posts a day."""
    for each, most in ((50, 15), (5, 20)):
        with closing(engine()) as made:
            fleet = range(50)
            _load(made, *((number, fleet) for number in (0, 1, 30)))
            trickle = [range(1_000 + each * max(0, day - 1), 1_000 + each * (day + 1)) for day in range(20)]
            _load(made, *((40 + day, installs) for day, installs in enumerate(trickle)))
            apart = _apart(made)
            believed = [install for install in range(1_000, 1_000 + 20 * each) if apart.get(install) != NEVER]
            assert len(believed) <= most
            assert apart.keys().isdisjoint(fleet)


@pytest.mark.ci
def test_a_fleet_that_is_held_has_more_newcomers_believed(engine: Engine) -> None:
    """A hundredth of the confirmed on a day, three quarters of a twentieth in 28 days; those set apart are none of them."""
    with closing(engine()) as made:
        _load(made, *((number, range(2_000)) for number in (0, 1)))
        _load(made, (40, range(10_000, 10_021)), (41, range(20_000, 20_020)))
        assert table(made, "floods") == [(_day(40), 21, 20)]
        _load(made, *((day, range(1_000 * day, 1_000 * day + 20)) for day in range(42, 47)))
        floods = [(_day(40), 21, 20), *((_day(day), 20, 15) for day in (44, 45, 46))]  # 60 of 75 were believed by then
        assert table(made, "floods") == floods


@pytest.mark.ci
def test_one_of_too_many_of_a_block_is_set_apart_where_it_is_new(warehouse: Warehouse) -> None:
    """And is released as those of a flood are; the others of the day are believed, and so is who was known before."""
    crowd = [one._replace(crowded=True) for one in _on(41, [20, *range(1000, 1030)])]
    warehouse.load([*crowd, *_on(41, range(2000, 2003))], inbox="x", through=1)
    assert _apart(warehouse) == dict.fromkeys(range(1000, 1030), NEVER)
    assert table(warehouse, "floods") == [(_day(41), 33, 10)]
    warehouse.load([one._replace(crowded=True) for one in _on(42, range(1000, 1020))], inbox="x", through=2)
    assert [install for install, day in _apart(warehouse).items() if day != NEVER] == [*range(1000, 1010)]
    _load(warehouse, (43, range(1000, 1014)))  # ten were released, and four are
    assert [install for install, day in _apart(warehouse).items() if day == _day(43)] == [1010, 1011, 1012, 1013]
    warehouse.rebuild()
    assert len(_apart(warehouse)) == 30
    _load(warehouse, (38, range(1000, 1008)))  # who turns out to have been there before
    assert _apart(warehouse).keys() == set(range(1008, 1030))
    warehouse.erase([1008], 2**31)
    assert _apart(warehouse).keys() == set(range(1009, 1030))


def test_what_a_wrong_clock_released_is_apart_again_once_it_is_right(warehouse: Warehouse) -> None:
    """And is released where what had been later than the clock comes back."""
    noon = _on(41, [1])[0].received
    warehouse.keep_time(noon)
    _load(warehouse, (41, range(1000, 1030)), (44, [1000, 1001]))
    assert _apart(warehouse)[1000] == _day(44)
    for now, released in ((noon + 86_400, NEVER), (noon + 4 * 86_400, _day(44))):
        assert warehouse.keep_time(now) == 2
        assert [_apart(warehouse)[install] for install in (1000, 1001)] == [released] * 2
        before = contents(warehouse, SET_APART)
        warehouse.rebuild()
        assert contents(warehouse, SET_APART) == before


@pytest.mark.parametrize("order", [[0, 1], [1, 0], [1, 0, 1], [0, 1, 1]])
def test_who_knows_an_id_sets_no_newcomer_apart(warehouse: Warehouse, order: list[int]) -> None:
    """A report for it from a block with too many is not all that came on its first day, whatever came first."""
    real = _on(41, [1000])
    guessed = [one._replace(received=one.received + 60, crowded=True) for one in real]
    for through, each in enumerate(order, 1):
        warehouse.load((real, guessed)[each], inbox="x", through=through)
    assert _apart(warehouse) == {}
    assert table(warehouse, "crowded") == []
    warehouse.load([one._replace(crowded=True) for one in _on(42, [1000, 1001])], inbox="y", through=1)
    assert table(warehouse, "crowded") == [(1001, _day(42))]


@pytest.mark.ci
def test_a_trickle_from_one_block_over_twenty_days(engine: Engine) -> None:
    """A hundred posts a day: of what a large fleet would believe, the block has no more than its number a day."""
    with closing(engine()) as made:
        made.floods = FloodRule(floor=1_000)
        _load(made, *((number, range(50)) for number in (0, 1, 30)))
        newcomers = Newcomers(20)
        for day in range(20):
            sent = _on(40 + day, range(1_000 + 50 * max(0, day - 1), 1_000 + 50 * (day + 1)))
            made.load([newcomers.mark(one, b"here") for one in sent], inbox="x", through=day)
        apart = _apart(made)
        assert sum(apart.get(install) is None for install in range(1_000, 2_000)) <= 20 * 20


UNTIL = date(2026, 10, 31)
FLOODED = [UNTIL - timedelta(days=60 - number) for number in range(5)]
MADE_UP = 1 << 40  # the first pseudonym of a made-up installation
WAYS = [("versions", "buildbot"), ("versions", "python"), ("plugins", "all"), ("plugins", "www")]


def _real(pseudonymizer: Pseudonymizer) -> list[Arrival]:
    known = vocabulary()
    reports = []
    for event in simulate(500, 300, 11, UNTIL):
        report = (read_report if event.path == REPORTS_PATH else read_stock)(event.body, known)
        reports.append(arrival(report, report.install, event.received, pseudonymizer, event.secret))
    return reports


def _made_up(each: int) -> Iterator[Arrival]:
    """New ones on each day, all of which come again on the next: by two days alone they would be confirmed."""
    for number, day in enumerate(FLOODED):
        noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
        for install in range(each * max(0, number - 1), each * (number + 1)):
            yield ONE._replace(received=noon, install=MADE_UP + install)


def _confirmed(warehouse: Warehouse) -> tuple[int, dict[tuple[str, str], Answer]]:
    rows = {row["state"]: row["installations"] for row in ask(warehouse, Query("installs"), today=UNTIL).rows}
    answers = {way: ask(warehouse, Query(*way, basis="confirmed"), today=UNTIL) for way in WAYS}
    return int(rows["confirmed"] or 0), answers


@pytest.mark.parametrize("each", [2_000, pytest.param(20_000, marks=pytest.mark.soak)])
def test_a_flood_over_five_days_moves_the_confirmed_numbers_by_five_a_day_at_most(
    engine: Engine, tmp_path: Path, each: int
) -> None:
    """In the soak of a hundred thousand made-up installations: no more of them are confirmed.

    Of the real ones only those are missing that were new on those days and came again on none that had room for them.
    """
    real = _real(Pseudonymizer(b"k" * 32))
    with closing(engine()) as calm, closing(engine()) as flooded:
        calm.load(real, inbox="x", through=1)
        with closing(Inbox(tmp_path / "inbox.sqlite")) as inbox:
            inbox.append(sorted([*real, *_made_up(each)], key=lambda one: one.received))
            loader = Loader(flooded, [inbox])
            loader.load()
        apart = _apart(flooded)
        made_up = {install: apart.pop(install) for install in range(MADE_UP, MADE_UP + 5 * each)}
        released = {install for install, day in made_up.items() if day != NEVER}
        assert len(released) <= 5 * len(FLOODED)
        caught = {install for install, released in apart.items() if released == NEVER}
        caught -= {
            install for install, released in _apart(calm).items() if released == NEVER
        }  # floods of the fleet's own
        assert len(caught) < 20
        bounds = {day: bound for day, _, bound in table(flooded, "floods")}
        assert all(int(str(bounds[day])) <= 5 for day in FLOODED)

        before, after = _confirmed(calm), _confirmed(flooded)
        twice = {install for install, second in table(calm, "births", "install", "second") if second != NEVER}
        missing = len(twice & caught)
        assert after[0] == before[0] - missing + len(released)
        assert before[0] > 100
        for way in WAYS:
            more = (after[1][way].denominator or 0) - (before[1][way].denominator or 0)
            assert -missing <= more <= len(released)
