"""The doctor over a cluster: each of its findings, and none where all is well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from headcount.contract import DAMAGED, Arrival
from headcount.warehouse.clickhouse import Address, ClickHouseWarehouse
from headcount.warehouse.clickhouse._change import Change, change
from headcount.warehouse.clickhouse._connection import connect
from headcount.warehouse.clickhouse._servers import Servers
from headcount.warehouse.clickhouse._versions import Versions
from tests.support.clickhouse import NAME, Cluster, clickhouse_missing
from tests.support.requires import require
from tests.support.tables import PROFILES, START

DAY = 86_400
NOW = START + 20 * DAY
DERIVED = "the derived tables do not agree with the sightings: run `headcount doctor --rebuild`"

pytestmark = pytest.mark.ci


@pytest.fixture
def warehouse(address: Address) -> Iterator[ClickHouseWarehouse]:
    """A warehouse with a few reports."""
    with closing(ClickHouseWarehouse(address)) as opened:
        arrivals = [Arrival(START + day * DAY, install, 1, PROFILES[0]) for install in (1, 2, 3) for day in (1, 2, 9)]
        opened.load(arrivals, inbox="a", through=1, now=NOW)
        yield opened


def test_a_cluster_that_is_well(warehouse: ClickHouseWarehouse, address: Address) -> None:
    """Each server says what it is; nothing is wrong."""
    with closing(Servers(address, connect)) as servers:
        places = [f"{each.host}:{each.port}" for each in servers.all]
    found = list(warehouse.examine(NOW))
    assert all(each.well for each in found)
    assert [each.what.rpartition(" at ")[2] for each in found[:2]] == places
    assert all(each.what.startswith("ClickHouse 18.16") for each in found[:2])
    assert [each.what for each in found[2:]] == ["the warehouse can be read: 9 sightings, version 1"]


def test_what_is_wrong_with_a_server(
    warehouse: ClickHouseWarehouse, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lacks a table, has too many parts, or does not come to an end with a mutation."""
    with closing(Servers(address, connect)) as servers:
        second = servers.all[1]
        place = f"{second.host}:{second.port}"
        with servers.connection(second) as connection:
            connection.execute("DROP TABLE comebacks")
            connection.execute("DROP TABLE floods_local")
            connection.execute("INSERT INTO marks_local (inbox) SELECT 'x'")
            connection.execute("ALTER TABLE marks_local DELETE WHERE throwIf(inbox = 'x') = 1")
        monkeypatch.setattr("headcount.warehouse.clickhouse._examination._MANY_PARTS", 0)
        monkeypatch.setattr("headcount.warehouse.clickhouse._examination._OLD", "1")
        what = _wrong(warehouse)
    assert (
        f"{place} lacks floods_local, comebacks: start Headcount, which makes what is new, or bring a backup back"
        in what
    )
    assert f"{place} has not done 1 mutations of marks_local after an hour: see system.mutations there" in what
    assert any(each.startswith(f"{place} has 1 parts of ") and each.endswith("load less often") for each in what)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda each: each.kill(each.before.rowsets("births", "install = 2")), DERIVED),
        (lambda each: each.kill(each.before.rowsets("sightings", "install = 2")), DERIVED),
        (lambda each: each.write("spells", [(2, 1, date(2026, 3, 1), date(2026, 3, 2))], _rowset(each), 2), DERIVED),
        (
            lambda each: each.kill(each.before.rowsets("profiles", "1")),
            "9 sightings have no profile: bring a backup back",
        ),
    ],
)
def test_tables_that_do_not_agree(
    warehouse: ClickHouseWarehouse, address: Address, damage: Callable[[Change], None], says: str
) -> None:
    """Which no change leaves so, but a backup of several moments may; a rebuild helps where rows can be derived."""
    with closing(Servers(address, connect)) as servers, change(servers, Versions(servers)) as changing:
        damage(changing)
    assert says in _wrong(warehouse)
    if says == DERIVED:
        warehouse.rebuild()
        assert _wrong(warehouse) == []


def test_what_came_is_told(warehouse: ClickHouseWarehouse) -> None:
    """What was later than the clock, what was damaged, and an erasure that lasts."""
    damaged = Arrival(START + 9 * DAY, 5, 0, b"", what=DAMAGED)
    warehouse.load([Arrival(NOW + 5 * DAY, 3, 1, PROFILES[0]), damaged], inbox="a", through=2, now=NOW)
    told = {each.what.partition(" ")[2]: each.well for each in warehouse.examine(NOW)}
    assert told["sightings are not believed, since they were later than the clock when they were read"]
    assert told["that could not be loaded and were left out: 1 since 2026-01-10, the last on 2026-01-10; the log says "
                "why: is the disk sound?"]  # fmt: skip
    (recent,) = [each for each in warehouse.examine(START + 10 * DAY) if "left out" in each.what]
    assert not recent.well
    assert _wrong(warehouse, START + 5 * DAY)[-1] == (
        "the newest report is of 2026-01-10, which is later than the clock: is the clock right?"
    )
    warehouse.erase([1], NOW, "erasure")
    assert _wrong(warehouse, NOW + DAY) == []
    assert _wrong(warehouse, NOW + DAY + 1) == [
        "an erasure is not off the disk after a day: are there mutations that do not end?"
    ]


def test_a_server_that_is_away(tmp_path: Path) -> None:
    """It is told which, and what follows; where nobody is there, that alone."""
    require(clickhouse_missing())
    with (
        Cluster(tmp_path) as cluster,
        closing(ClickHouseWarehouse(Address("127.0.0.1", cluster.ports[0], cluster=NAME))) as warehouse,
    ):
        cluster.kill(1)
        away = f"the ClickHouse server 127.0.0.1:{cluster.ports[1]} cannot be reached, or broke off: "
        first, second = _wrong(warehouse)
        assert first.startswith(away)
        assert first.endswith(": start it, or see its log")
        assert second == "without a server there are no answers, and reports wait in the inboxes"
        cluster.kill(0)
        assert len(_wrong(warehouse)) == 3


def _rowset(change: Change) -> int:
    (rowset,) = change.before.rowsets("births", "install = 2")
    return rowset


def _wrong(warehouse: ClickHouseWarehouse, now: float = NOW) -> list[str]:
    return [each.what for each in warehouse.examine(now) if not each.well]
