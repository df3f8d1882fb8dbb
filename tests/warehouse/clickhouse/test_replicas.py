"""Shards with replicas, through Debian's ZooKeeper: servers die and come back, and no answer is ever a part of the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from headcount.contract import Arrival
from headcount.questions import Answer, Query, ask
from headcount.warehouse import Asking, WarehouseUnavailable
from headcount.warehouse.clickhouse import Address, ClickHouseWarehouse
from headcount.warehouse.clickhouse._connection import connect
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.clickhouse import NAME, Cluster, ZooKeeper, clickhouse_missing, zookeeper_missing
from tests.support.loaded import empty_warehouse, fleet_arrivals
from tests.support.requires import require
from tests.support.waiting import wait_until

pytestmark = pytest.mark.soak

UNTIL = date(2026, 10, 31)
_ASKED = (
    Query("installs", "state"),
    Query("installs", "month", since=date(2026, 1, 1)),
    Query("versions", "buildbot"),
    Query("plugins", "all"),
    Query("combinations", "pair"),
    Query("environments", "db", where="python < 3.12"),
    Query("coverage", "level"),
)
_LATE = UNTIL - timedelta(20)


@contextmanager
def _shards(directory: Path, replicas: int) -> Iterator[tuple[Cluster, Address]]:
    require(clickhouse_missing())
    require(zookeeper_missing())
    with (
        ZooKeeper(directory / "zookeeper") as zookeeper,
        Cluster(directory / "clickhouse", replicas=replicas, zookeeper=zookeeper.port) as cluster,
    ):
        yield cluster, Address("127.0.0.1", cluster.ports[0], cluster=NAME, replicas=True)


def _arrivals() -> tuple[list[Arrival], list[Arrival], list[Arrival]]:
    """A fleet: what is loaded first, and two batches more."""
    all_of_it = fleet_arrivals(installs=60, days=400, seed=3, until=UNTIL)
    late = [each for each in all_of_it if _day(each) >= _LATE]
    return [each for each in all_of_it if _day(each) < _LATE], late[::2], late[1::2]


def _day(arrival: Arrival) -> date:
    return datetime.fromtimestamp(arrival.received, UTC).date()


def _answers(warehouse: Asking) -> Sequence[Answer]:
    return [ask(warehouse, query, today=UNTIL) for query in _ASKED]


def _load_at_last(warehouse: ClickHouseWarehouse, arrivals: Sequence[Arrival], through: int) -> None:
    """Load, once the servers that are needed for it are there, and see each other."""

    def loads() -> bool:
        try:
            warehouse.load(arrivals, inbox="a", through=through)
        except WarehouseUnavailable:
            return False
        return True

    wait_until(loads, "the batch was loaded")


def _rows(address: Address, port: int) -> tuple[object, ...]:
    """How many rows of some tables a server holds, though it may know that it lacks some."""
    with closing(connect(replace(address.at("127.0.0.1", port), replicas=False))) as connection:
        return tuple(
            connection.query(f"SELECT count() FROM {table}_local", {})[0]
            for table in ("sightings", "month", "profiles", "dead", "commits")
        )


def _wait_until_alike(cluster: Cluster, address: Address, replicas: int) -> None:
    for first in range(0, len(cluster.ports), replicas):
        ports = cluster.ports[first : first + replicas]
        wait_until(lambda ports=ports: len({_rows(address, port) for port in ports}) == 1, "replicas are alike")  # type: ignore[misc]


def test_with_two_replicas_questions_go_on_while_one_is_away(tmp_path: Path) -> None:
    """Whichever it is; what is loaded must be on both, so loading waits; what was cut off is loaded once it is back."""
    first, *batches = _arrivals()
    with (
        empty_warehouse() as duckdb,
        _shards(tmp_path, 2) as (cluster, address),
        closing(ClickHouseWarehouse(address)) as warehouse,
    ):
        _load_both(duckdb, warehouse, first, 1)
        for through, batch, away in zip((2, 3), batches, (3, 0), strict=True):
            expected = _answers(duckdb)
            assert _answers(warehouse) == expected
            cluster.kill(away)
            assert _answers(warehouse) == expected
            with pytest.raises(WarehouseUnavailable):
                warehouse.load(batch, inbox="a", through=through)
            assert _answers(warehouse) == expected
            cluster.restart(away)
            _load_at_last(warehouse, batch, through)
            duckdb.load(batch, inbox="a", through=through)
            assert _answers(warehouse) == _answers(duckdb)
            _wait_until_alike(cluster, address, 2)


def test_with_three_replicas_loading_goes_on_too(tmp_path: Path) -> None:
    """As long as two of each shard are there; one that lags behind gives no answer rather than a part of one."""
    first, second, third = _arrivals()
    with (
        empty_warehouse() as duckdb,
        _shards(tmp_path, 3) as (cluster, address),
        closing(ClickHouseWarehouse(address)) as warehouse,
    ):
        _load_both(duckdb, warehouse, first, 1)
        cluster.kill(5)
        _load_both(duckdb, warehouse, second, 2)
        assert _answers(warehouse) == _answers(duckdb)
        cluster.restart(5)
        _wait_until_alike(cluster, address, 3)
        behind = address.at("127.0.0.1", cluster.ports[1])
        with closing(connect(behind)) as connection, closing(ClickHouseWarehouse(behind)) as there:
            connection.execute("SYSTEM STOP FETCHES")
            _load_both(duckdb, warehouse, third, 3)
            with pytest.raises(WarehouseUnavailable):
                _answers(there)
            assert _answers(warehouse) == _answers(duckdb)
            connection.execute("SYSTEM START FETCHES")
            _wait_until_alike(cluster, address, 3)
            assert _answers(there) == _answers(duckdb)


def _load_both(
    duckdb: DuckWarehouse, warehouse: ClickHouseWarehouse, arrivals: Sequence[Arrival], through: int
) -> None:
    duckdb.load(arrivals, inbox="a", through=through)
    _load_at_last(warehouse, arrivals, through)
