"""Sweeping: what no snapshot sees leaves the disks of all servers, and nothing else does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import date

import pytest

from headcount.contract import Arrival
from headcount.warehouse import Warehouse
from headcount.warehouse.clickhouse import Address, ClickHouseWarehouse, _loading
from headcount.warehouse.clickhouse._change import change
from headcount.warehouse.clickhouse._connection import connect
from headcount.warehouse.clickhouse._schema import TABLES, local
from headcount.warehouse.clickhouse._servers import Servers
from headcount.warehouse.clickhouse._snapshot import snapshot
from headcount.warehouse.clickhouse._sweeping import Sweeper
from headcount.warehouse.clickhouse._versions import Versions
from tests.support.contents import contents, everything
from tests.support.engines import duckdb
from tests.support.engines.pauses import Pauses
from tests.support.tables import PROFILES, START
from tests.support.waiting import wait_until

DAY = 86_400
NOW = START + 200 * DAY
MARCH, FEBRUARY = date(2026, 3, 1), date(2026, 2, 1)

pytestmark = pytest.mark.ci


@pytest.fixture
def warehouse(address: Address) -> Iterator[ClickHouseWarehouse]:
    """A warehouse in which there is much that is dead: families were changed, and installations erased."""
    with closing(ClickHouseWarehouse(address)) as opened:
        _fill(opened)
        yield opened


def test_all_that_no_snapshot_sees_goes_on_every_server(warehouse: ClickHouseWarehouse, address: Address) -> None:
    """Dead row sets, versions that never came to be, and what a retention took; each answer stays."""
    _abort(address)
    warehouse.expire(MARCH, MARCH)
    before = contents(warehouse)
    with closing(Servers(address, connect)) as servers:
        assert _unseen(servers).keys() >= {"sightings", "anonymous", "drops", "month", "marks", "daily", "births"}
        _sweep(servers)
        left = _unseen(servers)
    assert left.keys() <= {"facts", "rowsets"}, left  # what the sweep itself noted
    assert contents(warehouse) == before


def test_what_is_not_deleted_is_begun_again(warehouse: ClickHouseWarehouse, address: Address) -> None:
    """As after a backup of a moment within a sweep, which has the rows and no mutations: else they would be alive again."""
    before = contents(warehouse)
    with closing(Servers(address, connect)) as servers:
        with change(servers, Versions(servers)) as changing:
            changing.note_facts({"swept": str(changing.version - 1), "swept at": str(NOW)})
        sweeper = Sweeper(servers, Versions(servers), 0)
        wait_until(lambda: sweeper.turn(NOW, hurried=False), "the deletion was begun")
        wait_until(lambda: sweeper.turn(NOW, hurried=False), "it was noted")
        with warehouse.snapshot() as read:
            assert read.query("SELECT count() FROM facts WHERE name = 'deleted'", {}) == [(1,)]
        assert _unseen(servers).keys() <= {"facts", "rowsets"}
    assert contents(warehouse) == before


def test_what_may_be_seen_is_there_until_the_grace_is_over(warehouse: ClickHouseWarehouse, address: Address) -> None:
    """An old snapshot gives its answers, and nothing is begun."""
    with closing(Servers(address, connect)) as servers, warehouse.snapshot() as old:
        sightings = old.query("SELECT install, day, profile, last FROM sightings ORDER BY install, day, last", {})
        warehouse.erase([1, 2], NOW)
        assert not Sweeper(servers, Versions(servers), 600).turn(NOW, hurried=False)
        assert (
            old.query("SELECT install, day, profile, last FROM sightings ORDER BY install, day, last", {}) == sightings
        )


def test_a_receipt_is_noted_once_no_old_part_is_left(warehouse: ClickHouseWarehouse, address: Address) -> None:
    """Not while one is on a disk, though all that was erased is deleted; the servers here hold old parts for 2 s."""
    warehouse.erase([1], NOW, "erasure")
    with closing(Servers(address, connect)) as servers:
        sweeper = Sweeper(servers, Versions(servers), 0)
        turns = 0

        def is_off_the_disk() -> bool:
            nonlocal turns
            turns += sweeper.turn(NOW + 5, hurried=True)
            return warehouse.receipt("erasure") != (NOW, None)

        wait_until(is_off_the_disk, "the receipt was noted")
        assert turns == 3  # begun, deleted, and off the disk
        assert warehouse.receipt("erasure") == (NOW, NOW + 5)
        for address_of_one in servers.all:
            with servers.connection(address_of_one) as connection:
                name = local("sightings", address_of_one)
                assert connection.query(f"SELECT count() FROM {name} WHERE install = 1", {}) == [(0,)]


@pytest.mark.soak
def test_a_receipt_waits_by_the_clock_that_is_ahead(warehouse: ClickHouseWarehouse, address: Address) -> None:
    """The second server's here: what it did before seems later than it is, by the clock of the first."""
    warehouse.erase([1], NOW, "erasure")
    second = [0]

    def ahead(at: Address) -> _Ahead:
        return _Ahead(connect(at), 3_600 if at.port == second[0] else 0)

    with closing(Servers(address, ahead)) as servers:  # type: ignore[arg-type]
        second[0] = servers.all[1].port
        _sweep(servers)
        with warehouse.snapshot() as read:
            ((done,),) = read.query("SELECT value FROM facts WHERE name = 'deleted at'", {})
        with servers.connection(servers.all[1]) as connection:
            ((moment,),) = connection.query("SELECT toUInt32(now()) AS moment", {})
    assert 0 <= moment - int(done) < 600


@pytest.mark.soak
def test_an_older_history_that_comes_while_a_sweep_goes_on_stays(address: Address) -> None:
    """Before whichever statement of the sweep it comes: it is of after the retention, also in the same months."""
    with closing(ClickHouseWarehouse(address)) as warehouse:
        _fill(warehouse)
        warehouse.expire(MARCH, MARCH)
        pauses = Pauses(connect)
        with closing(Servers(address, pauses.connect)) as servers:
            sweeper = Sweeper(servers, Versions(servers), 0)
            pauses.at("ALTER TABLE sightings_local", lambda: _load(warehouse, 40))
            assert sweeper.turn(NOW, hurried=False)
            wait_until(lambda: sweeper.turn(NOW, hurried=False), "the sweep was done")
            assert pauses.happened
        with warehouse.snapshot() as read:
            assert read.query("SELECT install FROM sightings WHERE day < toDate('2026-03-01')", {}) == [(7,)]


@pytest.mark.soak
def test_an_older_history_is_held_and_goes_as_the_retention_says(address: Address) -> None:
    """As in DuckDB: once more by the same day, and by an earlier one where the retention was made longer."""
    with closing(ClickHouseWarehouse(address)) as warehouse, closing(duckdb()) as oracle:
        for each in (warehouse, oracle):
            _fill(each)
            each.expire(MARCH, MARCH)
            _load(each, 10, 40, 41)
        assert everything(warehouse) == everything(oracle)
        for before in (FEBRUARY, MARCH):
            for each in (warehouse, oracle):
                assert each.expire(before, before)
            assert everything(warehouse) == everything(oracle)


def _fill(warehouse: Warehouse) -> None:
    """Load three months, some of it twice."""
    for batch in range(3):
        arrivals = [
            Arrival(START + day * DAY + batch, install, batch % 2 + 1, PROFILES[batch % 2])
            for install in range(1, 7)
            for day in range(batch, 80, 9)
        ]
        others = [
            Arrival(START + (batch * 30 + 3) * DAY, 0, 1, PROFILES[0], what="anonymous"),
            Arrival(START + (batch * 30 + 4) * DAY, batch, 0, b"", what="dropped: too large"),
        ]
        warehouse.load([*arrivals, *others], inbox="a", through=batch + 1)


def _load(warehouse: Warehouse, *days: int) -> None:
    """Load reports of an installation that is new, and others, of these days."""
    arrivals = [
        Arrival(START + day * DAY, install, 1, PROFILES[0], what=what)
        for day in days
        for install, what in ((7, "report"), (0, "anonymous"))
    ]
    warehouse.load(arrivals, inbox="a", through=9)


class GivenUpError(Exception):
    """A change is not to be."""


def _abort(address: Address) -> None:
    """Leave rows of a version that never comes to be."""
    with (
        closing(Servers(address, connect)) as servers,
        suppress(GivenUpError),
        change(servers, Versions(servers)) as gone,
    ):
        _loading.mark(gone, "b", 5)
        gone.flush()
        raise GivenUpError


def _sweep(servers: Servers) -> None:
    """Begin a sweep without grace, and go on until all is deleted."""
    sweeper = Sweeper(servers, Versions(servers), 0)
    assert sweeper.turn(NOW, hurried=False)
    wait_until(lambda: sweeper.turn(NOW, hurried=False), "the sweep was done")


def _unseen(servers: Servers) -> Counter[str]:
    """Return how many rows there are on all servers that the newest snapshot does not see, by table."""
    found: Counter[str] = Counter()
    with snapshot(servers) as read:
        for table in TABLES.keys() - {"dead"}:
            ((seen,),) = read.query(f"SELECT count() FROM {table}", {})
            for address in servers.all:
                with servers.connection(address) as one:
                    ((count,),) = one.query(f"SELECT count() FROM {local(table, address)}", {})
                    found[table] += count
            found[table] -= seen
    return +found


class _Ahead:
    """A connection to a server whose clock is some seconds ahead."""

    def __init__(self, connection: object, seconds: int) -> None:
        self._connection = connection
        self._seconds = seconds

    def query(self, sql: str, parameters: dict[str, str | int]) -> object:
        if sql == "SELECT toUInt32(now()) AS moment":
            sql = f"SELECT toUInt32(now()) + {self._seconds} AS moment"
        return self._connection.query(sql, parameters)  # type: ignore[attr-defined]

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)
