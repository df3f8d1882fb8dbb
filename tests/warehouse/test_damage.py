"""Rows that cannot be loaded: they are counted and left out, and hold up no other; what is the warehouse's waits."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headcount.contract import EARLIEST, LATEST, Arrival
from headcount.ingest import Inbox
from headcount.warehouse import Loader, Warehouse, load_past_damage
from headcount.warehouse._damage import note_of_damage
from tests.support.contents import Row, everything, table
from tests.support.engines import Engine
from tests.support.tables import ARRIVALS, PROFILES, START, day_of, tables_of

NOW = START + 200 * 86_400
GOOD = Arrival(START, 1, 1, PROFILES[0])
# A class for which `full_of_classes` has no number.
TOO_MANY = b'{"level":"basic","plugins":[["zqx.More",1]],"sender":"stock"}'
LEAST, MOST = -(2**63), 2**63 - 1  # of SQLite
IMPOSSIBLE = st.sampled_from([
    *({"received": received} for received in (LEAST, -1, -86_400, 2**32, 10**13, MOST)),
    *({name: number} for name in ("install", "stock", "profile", "report") for number in (LEAST, -1)),
    *(
        {"profile": 50 + number, "content": content}
        for number, content in enumerate([
            b"", b"zqx", b"[]", b"7", b'{"zqx":1}', b"\xff" * 9, b"[" * 5000, PROFILES[0][:-1],
            b'{"level":7,"sender":"stock"}', b'{"level":["basic"],"sender":"stock"}',
            b'{"level":"full","plugins":[["buildbot.steps.source.git.Git","1"]],"sender":"stock"}',
            b'{"level":"full","multi_master":2,"sender":"stock"}',
            b'{"level":"full","scrubbed":[[7,1]],"sender":"stock"}',
            b'{"level":"full","pipelines":[[[[["zqx"]]],1]],"sender":"stock"}',
            b'{"level":"full","plugins":[["zqx",-1]],"sender":"stock"}',
            b'{"level":"full","plugins":[["zqx",4294967296]],"sender":"stock"}',
            b'{"level":"full","plugins":[["zqx",1e300]],"sender":"stock"}',
            b'{"buildbot":[4294967295,4294967295,4294967295],"level":"basic","sender":"stock"}',
        ])
    ),
])  # fmt: skip
ROWS = st.tuples(ARRIVALS, st.one_of(st.none(), st.none(), st.just({"what": "unheard of", "profile": 0}), IMPOSSIBLE))
INBOXES = given(st.lists(ROWS, min_size=1, max_size=30), st.integers(6, 30))


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    """An empty inbox."""
    with closing(Inbox(tmp_path / "a.sqlite")) as made:
        yield made


@pytest.fixture
def full_of_classes(warehouse: Warehouse) -> Warehouse:
    """A warehouse that has given away all numbers of classes, one of them to the class that `GOOD` names."""
    names = sorted(["buildbot.steps.source.git.Git", *(f"zqx.C{number}" for number in range(4, 65_534))])
    said = b'{"level":"basic","plugins":[%s],"sender":"stock"}' % ",".join(f'["{name}",1]' for name in names).encode()
    warehouse.load([Arrival(START, 0, 8, said, what="anonymous")], inbox="full", through=1)
    return warehouse


def _drops(warehouse: Warehouse) -> list[Row]:
    return table(warehouse, "drops", "day", "kind")


def _is_wrong(change: dict[str, Any] | None) -> bool:
    return change is not None and "what" not in change


def _load_and_compare(engine: Engine, drawn: Sequence[tuple[Arrival, dict[str, Any] | None]], size: int) -> None:
    arrivals = [(arrival._replace(**change or {}), change) for arrival, change in drawn]
    good = [arrival for arrival, change in arrivals if change is None]
    noted = {
        (arrival, "damaged" if _is_wrong(change) else arrival.what)
        for arrival, change in arrivals
        if change is not None
    }
    days = Counter(
        (day_of(arrival.received if EARLIEST <= arrival.received <= NOW else NOW), kind) for arrival, kind in noted
    )
    others = {(day_of(arrival.received), arrival.install) for arrival, kind in noted if kind != "damaged"}
    for day, kind in [key for key in days if key[1] != "damaged"]:
        days[day, kind] = sum(other[0] == day for other in others)  # each body once a day
    with closing(Inbox(Path(":memory:"))) as inbox, closing(engine()) as warehouse:
        for start in range(0, len(arrivals), size):
            inbox.append([arrival for arrival, _ in arrivals[start : start + size]])
            assert Loader(warehouse, [inbox], lambda: NOW).load() == len(arrivals[start : start + size])
        assert inbox.waiting(0, 100).arrivals == []
        found = everything(warehouse)
        for name, expected in tables_of(good).items():
            assert (name, sorted(found[name], key=repr)) == (name, sorted(expected, key=repr))
        assert Counter((day, kind) for day, kind, _ in found["drops"]) == days
        warehouse.load([arrival for arrival, _ in arrivals], inbox="again", through=1, now=NOW)
        assert everything(warehouse) == found


@pytest.mark.ci
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@INBOXES
def test_whatever_waits_all_that_can_be_is_loaded(
    engine: Engine, drawn: list[tuple[Arrival, dict[str, Any] | None]], size: int
) -> None:
    """Each once, as if the others had never been; the others are counted, and are no more when they come again."""
    _load_and_compare(engine, drawn, size)


@pytest.mark.clickhouse(recent="never", cluster="never")
@pytest.mark.soak
@settings(max_examples=1500, deadline=None, derandomize=False, suppress_health_check=[HealthCheck.too_slow])
@INBOXES
def test_whatever_waits_much_more_often(
    engine: Engine, drawn: list[tuple[Arrival, dict[str, Any] | None]], size: int
) -> None:
    """The same, many more times."""
    _load_and_compare(engine, drawn, size)


@pytest.mark.ci
def test_a_class_for_which_no_number_is_left_holds_up_no_other(
    inbox: Inbox, full_of_classes: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    """The others of its batch are loaded once each; the log names no more than the kind of the failure."""
    warehouse = full_of_classes
    bad = GOOD._replace(install=3, profile=9, content=TOO_MANY)
    inbox.append([GOOD, GOOD._replace(install=2), bad, GOOD._replace(install=4), GOOD._replace(install=5)])
    assert Loader(warehouse, [inbox], lambda: NOW).load() == 5
    assert table(warehouse, "sightings", "install") == [(1,), (2,), (4,), (5,)]
    assert _drops(warehouse) == [(day_of(START), "damaged")]
    assert (warehouse.mark(inbox.name), inbox.waiting(0, 10).arrivals) == (5, [])
    (said,) = [record.getMessage() for record in caplog.records]
    assert re.fullmatch(r"damaged arrivals are left out: 1, [A-Za-z ]+", said)
    assert len(table(warehouse, "classes")) == 65_535


@pytest.mark.clickhouse(recent="ci", cluster="ci")
def test_one_row_that_cannot_be_loaded_stops_nothing(
    inbox: Inbox, warehouse: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even alone; it is noted on the day of its receipt, or on that of the load where no report came on such a day."""
    loader = Loader(warehouse, [inbox], lambda: NOW)
    for received in (-3600, START):
        inbox.append([GOOD._replace(received=received, install=3 if received < 0 else -3)])
        assert loader.load() == 1
    assert _drops(warehouse) == [(day_of(START), "damaged"), (day_of(NOW), "damaged")]
    assert table(warehouse, "sightings") == []
    assert {record.getMessage() for record in caplog.records} == {
        "damaged arrivals are left out: 1, a number that cannot be"
    }


@pytest.mark.ci
def test_what_is_just_possible_is_loaded(warehouse: Warehouse) -> None:
    """Beside what is not: the first second and the last one, the largest key and none; what is later is damaged."""
    good = [
        GOOD._replace(received=0), GOOD._replace(received=LATEST), GOOD._replace(install=2**63 - 1),
        GOOD._replace(install=0, what="anonymous"),
    ]  # fmt: skip
    bad = [GOOD._replace(received=-1), GOOD._replace(received=LATEST + 1), GOOD._replace(install=-1)]
    warehouse.load([*good, *bad], inbox="a", through=1)
    assert table(warehouse, "sightings", "last", "install") == [
        (0, 1), (START, 2**63 - 1), (LATEST, 1)
    ]  # fmt: skip
    assert len(table(warehouse, "anonymous")) == 1
    assert len(_drops(warehouse)) == 3
    warehouse.load([GOOD._replace(received=LATEST + 1, install=7)], inbox="a", through=2, now=NOW)
    assert len(_drops(warehouse)) == 4
    assert table(warehouse, "later") == []


def test_a_profile_that_another_arrival_has_undamaged_is_read_from_that(warehouse: Warehouse) -> None:
    """The key says which it is; where it stands in the warehouse it is not read again."""
    for install, contents in ((1, (b"zqx", PROFILES[0])), (3, (PROFILES[1], b"zqx")), (5, (b"zqx", b"yqx"))):
        arrivals = [
            GOOD._replace(install=install + number, profile=install, content=content)
            for number, content in enumerate(contents)
        ]
        warehouse.load(arrivals, inbox="a", through=1)
    warehouse.load([GOOD._replace(install=8, content=b"zqx")], inbox="a", through=1)
    assert table(warehouse, "sightings", "install") == [(1,), (2,), (3,), (4,), (8,)]
    assert len(table(warehouse, "drops")) == 2


def test_a_row_whose_text_is_damaged_is_read(inbox: Inbox, warehouse: Warehouse, tmp_path: Path) -> None:
    """What is no UTF-8 any more names an unknown kind, which is counted like any other."""
    inbox.append([GOOD, GOOD._replace(install=2)])
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as db, db:
        db.execute("UPDATE arrivals SET what = CAST(x'ff7a71' AS TEXT) WHERE row = 1")
    assert Loader(warehouse, [inbox], lambda: NOW).load() == 2
    assert table(warehouse, "sightings", "install") == [(2,)]
    assert len(_drops(warehouse)) == 1


def test_equal_arrivals_make_equal_notes() -> None:
    """Others make others, which say nothing of the installation; without a clock a note has a day all the same."""
    impossible = GOOD._replace(received=-5)
    assert note_of_damage(GOOD, None) == note_of_damage(GOOD, NOW) != note_of_damage(GOOD._replace(install=2), NOW)
    assert note_of_damage(GOOD, NOW).install not in (GOOD.install, note_of_damage(impossible, NOW).install)
    for received, noted, noted_now in (
        (-5, EARLIEST, NOW), (EARLIEST - 1, EARLIEST, NOW), (EARLIEST, EARLIEST, EARLIEST), (NOW, NOW, NOW),
        (NOW + 1, NOW + 1, NOW), (2**32 - 1, 2**32 - 1, NOW), (2**32, EARLIEST, NOW),
    ):  # fmt: skip
        arrival = GOOD._replace(received=received)
        assert note_of_damage(arrival, None).received == noted
        assert note_of_damage(arrival, NOW + 0.5).received == noted_now
    assert 0 <= note_of_damage(GOOD, NOW).install < 2**63


def test_nothing_at_all_is_loaded_too(warehouse: Warehouse) -> None:
    """The mark moves."""
    load_past_damage(warehouse, [], inbox="a", after=0, through=3, now=None)
    assert warehouse.mark("a") == 3
