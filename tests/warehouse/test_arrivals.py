"""What a batch of arrivals comes to: what was sent again, what has no id, and what was thrown away."""

from __future__ import annotations

import re

import pytest

from headcount.contract import Arrival, Profile
from headcount.warehouse import Warehouse
from headcount.warehouse.duckdb._arrivals import latest
from tests.support.tables import START, rows

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
    assert rows(warehouse, "SELECT last FROM sightings") == [(first.received,)]
    _load(warehouse, first._replace(received=MIDNIGHT + 60, report=8))
    assert rows(warehouse, "SELECT count(*) FROM sightings") == [(2,)]
    assert rows(warehouse, "SELECT count(*) FROM profiles") == [(1,)]


def test_a_clock_may_be_ten_minutes_behind_another() -> None:
    """What comes later than that is not believed; without a clock everything is."""
    assert latest(1_790_000_000.5) == 1_790_000_600
    assert latest(None) > 100_000_000_000  # the year 5138


def test_what_stock_repeats_past_midnight_is_of_the_day_before(warehouse: Warehouse) -> None:
    """Within minutes of the report that it repeats; without that it is the report itself."""
    again = ONE._replace(received=MIDNIGHT + 60, what="repeat")
    _load(warehouse, ONE, again)
    _load(warehouse, again)
    assert rows(warehouse, "SELECT count(*) FROM sightings") == [(1,)]
    _load(warehouse, again._replace(install=2), again._replace(received=MIDNIGHT + 4000))
    assert rows(warehouse, "SELECT install, last FROM sightings ORDER BY ALL") == [
        (1, ONE.received), (1, MIDNIGHT + 4000), (2, MIDNIGHT + 60)
    ]  # fmt: skip


def test_what_has_no_id_counts_by_day_and_profile(warehouse: Warehouse) -> None:
    """It is no installation; a restart loop counts once a day."""
    nameless = ONE._replace(install=0, what="anonymous")
    _load(warehouse, nameless, nameless._replace(received=MIDNIGHT - 9), nameless._replace(received=MIDNIGHT + 9))
    _load(warehouse, nameless)
    assert rows(warehouse, "SELECT count(*), count(DISTINCT day) FROM anonymous") == [(2, 2)]
    assert rows(warehouse, "SELECT count(*) FROM sightings") == [(0,)]


def test_what_was_thrown_away_counts_by_day_kind_and_body(warehouse: Warehouse) -> None:
    """However often it comes."""
    thrown = Arrival(MIDNIGHT - 60, 5, 0, b"", what="dropped: not JSON")
    for _ in range(2):
        _load(warehouse, thrown, thrown, thrown._replace(install=6), thrown._replace(received=MIDNIGHT))
    assert rows(warehouse, "SELECT kind, count(*) FROM drops GROUP BY kind") == [("dropped: not JSON", 3)]


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
    assert rows(warehouse, "SELECT install FROM sightings") == [(1,)]
    assert rows(warehouse, "SELECT kind FROM drops") == [("damaged",)]
    (said,) = [record.getMessage() for record in caplog.records]
    assert re.fullmatch("damaged arrivals are left out: 1, ([A-Za-z]+Error|values of other types)", said)
    assert "zqx" not in caplog.text
