"""What a batch of arrivals comes to: what was sent again, what has no id, and what was thrown away."""

from __future__ import annotations

import random
import re
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from headcount.contract import Arrival, Profile
from headcount.questions import Query, ask
from headcount.warehouse import Warehouse
from tests.support.contents import contents, table
from tests.support.engines import Engine
from tests.support.tables import PROFILES, START

CONTENT = Profile("headcount", "basic").canonical()
MIDNIGHT = START + 86_400
ONE = Arrival(MIDNIGHT - 60, 1, 1, CONTENT)


def _load(warehouse: Warehouse, *arrivals: Arrival) -> None:
    warehouse.load(arrivals, inbox="a", through=1)


def test_a_report_that_is_sent_again_is_one_sighting(warehouse: Warehouse) -> None:
    """On whichever day, in whichever batch and through whichever inbox it comes again: the id tells."""
    first = ONE._replace(report=7)
    _load(warehouse, first, first._replace(received=MIDNIGHT + 60))
    warehouse.load([first._replace(received=MIDNIGHT + 40 * 86_400)], inbox="b", through=1)
    assert table(warehouse, "sightings", "last") == [(first.received,)]
    _load(warehouse, first._replace(received=MIDNIGHT + 60, report=8))
    assert len(table(warehouse, "sightings")) == 2
    assert len(table(warehouse, "profiles")) == 1


def test_what_stock_repeats_past_midnight_is_of_the_day_before(warehouse: Warehouse) -> None:
    """Within minutes of the report that it repeats; without that it is the report itself."""
    again = ONE._replace(received=MIDNIGHT + 60, what="repeat")
    _load(warehouse, ONE, again)
    _load(warehouse, again)
    assert len(table(warehouse, "sightings")) == 1
    _load(warehouse, again._replace(install=2), again._replace(received=MIDNIGHT + 4000))
    assert table(warehouse, "sightings", "install", "last") == [
        (1, ONE.received), (1, MIDNIGHT + 4000), (2, MIDNIGHT + 60)
    ]  # fmt: skip


_OTHER = Profile("headcount", "full").canonical()
_FIRST = datetime.fromtimestamp(START, UTC).date()
_LAST = _FIRST + timedelta(days=4)


def test_of_two_reports_of_one_second_the_last_does_not_depend_on_their_order(warehouse: Warehouse) -> None:
    """Moments are whole seconds: which came later in one is not known, and the profile with the larger number is taken."""
    small, large = ONE, ONE._replace(profile=2, content=_OTHER)
    _load(warehouse, small, large)
    _load(warehouse, large._replace(install=2))
    _load(warehouse, small._replace(install=2))
    for name in ("latest", "month"):
        assert table(warehouse, name, "install", "profile") == [(1, 2), (2, 2)]


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.ci) for seed in range(1, 8))])
def test_history_in_any_order_is_the_same(engine: Engine, warehouse: Warehouse, seed: int) -> None:
    """In order, or shuffled into three files: what was sent again past midnight is of the day of its report."""
    rng = random.Random(seed)
    listed = []
    for install in range(1, 30):
        for midnight in (MIDNIGHT, MIDNIGHT + 86_400):
            start = midnight - rng.randrange(1, 900)
            again = start + rng.randrange(1, 700)
            listed += [ONE._replace(install=install, received=start)] * rng.choice((0, 1, 1))
            listed += [ONE._replace(install=install, received=again, what="repeat")] * rng.choice((0, 1, 1))
            if rng.random() < 0.3:  # another start around midnight, with another profile or the same
                one = rng.choice((ONE, ONE._replace(profile=2, content=_OTHER)))
                listed.append(one._replace(install=install, received=midnight + rng.randrange(-300, 5_000)))
    listed.sort(key=lambda arrival: arrival.received)
    _load(warehouse, *listed)
    names = ("sightings", "month", "births", "daily", "latest", "spells")
    tables = contents(warehouse, names)
    assert len(tables["sightings"]) > 40
    with closing(engine()) as shuffled:
        rng.shuffle(listed)
        for part in (listed[::3], listed[1::3], listed[2::3], listed[::3]):
            _load(shuffled, *part)
        for by in ("day", "month"):
            query = Query("installs", by=by, basis="seen", since=_FIRST, until=_LAST)
            answers = [ask(each, query, today=_LAST) for each in (warehouse, shuffled)]
            assert answers[0].denominator
            assert answers[0].rows == answers[1].rows
        assert contents(shuffled, names) == tables
        shuffled.rebuild()
        assert contents(shuffled, names) == tables


@pytest.mark.clickhouse(recent="ci", cluster="test")
def test_what_was_sent_again_counts_only_until_its_report_comes(warehouse: Warehouse) -> None:
    """Unless there was another report on that day."""
    again = ONE._replace(received=MIDNIGHT + 60, what="repeat")
    _load(warehouse, again, again._replace(install=2), ONE._replace(install=2, received=MIDNIGHT + 5_000))
    assert len(table(warehouse, "repeats")) == 2
    _load(warehouse, ONE, ONE._replace(install=2))
    _load(warehouse, ONE, again)
    assert table(warehouse, "sightings", "install", "last") == [
        (1, ONE.received), (2, ONE.received), (2, MIDNIGHT + 5_000)
    ]  # fmt: skip
    assert table(warehouse, "month", "install", "days") == [(1, 1), (2, 2)]
    assert table(warehouse, "repeats") == []


def test_an_erased_installation_leaves_nothing_that_was_sent_again(warehouse: Warehouse) -> None:
    """Nor does what is older than it may be, or came under a clock that was wrong."""
    again = ONE._replace(received=MIDNIGHT + 60, what="repeat")
    _load(warehouse, again, again._replace(install=2), again._replace(install=3, received=MIDNIGHT + 61))
    warehouse.move("clock", MIDNIGHT + 61, MIDNIGHT + 62, 3_600)
    assert table(warehouse, "repeats", "install") == [(1,), (2,)]
    warehouse.erase([1], MIDNIGHT + 86_400)
    assert table(warehouse, "repeats", "install") == [(2,)]
    warehouse.expire(date(2026, 2, 1), date(2026, 2, 1))
    assert table(warehouse, "repeats", "install") == []


@pytest.mark.clickhouse(recent="ci", cluster="ci")
def test_what_has_no_id_counts_by_day_and_profile(warehouse: Warehouse) -> None:
    """It is no installation; a restart loop counts once a day."""
    nameless = ONE._replace(install=0, what="anonymous")
    _load(warehouse, nameless, nameless._replace(received=MIDNIGHT - 9), nameless._replace(received=MIDNIGHT + 9))
    _load(warehouse, nameless)
    assert len({day for (day,) in table(warehouse, "anonymous", "day")}) == 2
    assert table(warehouse, "sightings") == []


@pytest.mark.clickhouse(recent="ci", cluster="ci")
def test_what_was_thrown_away_counts_by_day_kind_and_body(warehouse: Warehouse) -> None:
    """However often it comes."""
    thrown = Arrival(MIDNIGHT - 60, 5, 0, b"", what="dropped: not JSON")
    for _ in range(2):
        _load(warehouse, thrown, thrown, thrown._replace(install=6), thrown._replace(received=MIDNIGHT))
    assert [kind for _, kind, _ in table(warehouse, "drops")] == ["dropped: not JSON"] * 3


@pytest.mark.parametrize(
    "content",
    [
        b'{"sender":"zqx',
        b'["zqx"]',
        b'{"level":"basic","sender":"stock","zqx":1}',
        b'{"level":"basic","plugins":[["zqx zqx",1]],"sender":"stock"}',
        b'{"buildbot":["zqx"],"level":"basic","sender":"stock"}',
        b'{"buildbot":["zqx","",""],"level":"basic","sender":"stock"}',
        b'{"level":"basic","scrubbed":[["db","zqx"]],"sender":"stock"}',
        b'{"level":"basic","pipelines":[["zqx",1]],"sender":"stock"}',
        b'{"level":"basic","pipelines":[[["zqx zqx"],1]],"sender":"stock"}',
        b'{"level":"basic","pipelines":[[[["zqx"]],1]],"sender":"stock"}',
        b'{"level":"basic","pipelines":[["zqx"]],"sender":"stock"}',
        b'{"level":"basic","plugins":[["zqx",-1]],"sender":"stock"}',
        b'{"db":null,"level":"basic","sender":"stock"}',
        b'{"db":"zqx"}',
        b"{}",
    ],
)
def test_a_damaged_arrival_holds_up_nobody(
    warehouse: Warehouse, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    """It is noted as thrown away; the rest of its batch is loaded, and the log does not repeat it."""
    _load(warehouse, ONE, ONE._replace(install=2, profile=2, content=content))
    assert table(warehouse, "sightings", "install") == [(1,)]
    assert table(warehouse, "drops", "kind") == [("damaged",)]
    (said,) = [record.getMessage() for record in caplog.records]
    assert re.fullmatch("damaged arrivals are left out: 1, ([A-Za-z]+Error|values of other types)", said)
    assert "zqx" not in caplog.text


@pytest.mark.parametrize("order", [1, -1])
def test_an_installation_is_of_the_stock_pseudonym_that_came_with_its_first_report(
    warehouse: Warehouse, order: int
) -> None:
    """Whatever comes with later ones of the same batch: also where that is smaller."""
    arrivals = [
        Arrival(START + day * 86_400, 7, 1, PROFILES[0], stock=stock) for day, stock in ((1, 10), (2, 2), (3, 11))
    ]
    warehouse.load(arrivals[::order], inbox="a", through=1)
    assert table(warehouse, "origins", "install", "stock") == [(7, 10)]
