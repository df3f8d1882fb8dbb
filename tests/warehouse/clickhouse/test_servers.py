"""The servers of a warehouse: tables that each must have, and connections that go round."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace

import pytest

from headcount.warehouse import Cells, OtherKey, Parameters, WarehouseUnavailable, WrongWarehouse
from headcount.warehouse.clickhouse import Address, ClickHouseWarehouse, Connection, ServerError
from headcount.warehouse.clickhouse._connection import ClickHouse, connect
from headcount.warehouse.clickhouse._schema import LEDGER, TABLES
from headcount.warehouse.clickhouse._servers import Servers
from headcount.warehouse.clickhouse._tables import lacking, prepare


def test_a_table_or_a_column_that_a_server_lacks_is_made(place: Address) -> None:
    """On that server alone, and told of before."""
    with closing(Servers(place, connect)) as servers:
        second = servers.all[1]
        with servers.connection(second) as connection:
            connection.execute("DROP TABLE floods")
            connection.execute("ALTER TABLE month_local DROP COLUMN days")
            connection.execute("ALTER TABLE states_local DROP COLUMN expired")
            connection.execute("DROP TABLE month")
        assert lacking(servers, servers.first) == []
        assert lacking(servers, second) == [
            *("month_local.days UInt8", "month", "floods", "states_local.expired UInt64")
        ]
        prepare(servers, lambda: False, lambda: None)
        assert lacking(servers, second) == []
        with servers.connection(second) as connection:
            assert connection.query("SELECT days FROM month", {}) == []


@pytest.mark.ci
def test_a_table_with_rows_that_a_server_lost_is_not_made_again(address: Address) -> None:
    """Else what the others hold would be taken for the whole."""
    with closing(Servers(address, connect)) as servers:
        prepare(servers, lambda: True, lambda: None)
        with servers.connection(servers.all[1]) as connection:
            connection.execute("DROP TABLE month_local")
        with pytest.raises(WrongWarehouse, match=r"has lost the table month_local: bring a backup back$"):
            prepare(servers, lambda: True, lambda: None)
        assert "month_local" in lacking(servers, servers.all[1])


@pytest.mark.ci
def test_a_part_of_a_cluster_is_no_warehouse_alone(place: Address) -> None:
    """Its versions would be taken on another server, and what is deleted stay; nor is what has no replicas one with them."""
    alone = replace(place, cluster=None)
    with closing(Servers(alone, connect)) as servers, pytest.raises(WrongWarehouse, match="is a part of a cluster's"):
        prepare(servers, lambda: True, lambda: None)
    replicated = replace(place, replicas=True)
    with (
        closing(Servers(replicated, connect)) as servers,
        pytest.raises(WrongWarehouse, match=r"without &replicas=yes$"),
    ):
        prepare(servers, lambda: True, lambda: None)


@pytest.mark.ci
def test_the_key_is_compared_before_anything_is_changed(address: Address) -> None:
    """A column that is missing is not made by who has another key."""
    with closing(ClickHouseWarehouse(address, "one")):
        pass
    with closing(Servers(address, connect)) as servers:
        with servers.connection(servers.first) as connection:
            connection.execute("ALTER TABLE month_local DROP COLUMN days")
        with pytest.raises(OtherKey):
            ClickHouseWarehouse(address, "another")
        assert lacking(servers, servers.first) == ["month_local.days UInt8"]


@pytest.mark.ci
def test_two_that_make_the_tables_at_once_both_succeed(address: Address) -> None:
    """Each may find that the other one was first, in any table."""
    with closing(Servers(address, connect)) as one, closing(Servers(address, connect)) as other:
        failed: list[WarehouseUnavailable] = []

        def prepare_one(servers: Servers) -> None:
            try:
                prepare(servers, lambda: True, lambda: None)
            except WarehouseUnavailable as error:
                failed.append(error)

        threads = [threading.Thread(target=prepare_one, args=(each,)) for each in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        with one.connection() as connection:
            names = {name for (name,) in connection.query("SHOW TABLES", {})}
            assert connection.query("SELECT DISTINCT number FROM schema", {}) == [(1,)]
        assert names == {f"{name}{end}" for name in (*TABLES, *LEDGER) for end in ("", "_local")}


def test_servers_that_do_not_agree_which_is_the_first_are_refused(address: Address) -> None:
    """Two processes would take one version on two servers; nothing is made."""

    class Other(ClickHouse):
        """A connection to a server whose configuration names the shards in another order."""

        def query(self, sql: str, parameters: Parameters) -> list[Cells]:
            rows = super().query(sql, parameters)
            return rows[::-1] if "system.clusters" in sql else rows

    def opens(at: Address) -> ClickHouse:
        return Other(at) if at.port != address.port else ClickHouse(at)

    with closing(Servers(address, opens)) as servers:
        with pytest.raises(WarehouseUnavailable, match=r"knows another cluster two .* the same <remote_servers>"):
            prepare(servers, lambda: True, lambda: None)
        with servers.connection(replace(address, database="system")) as connection:
            found = connection.query("SELECT name FROM databases WHERE name = $name", {"name": address.database})
        assert found == []


def test_a_connection_that_failed_is_not_given_to_another(place: Address) -> None:
    """One that is given back whole is; after the end none is open any more."""
    with closing(Servers(place, connect)) as servers:
        with servers.connection() as first:
            first.query("SELECT 1", {})
            with servers.connection() as second:
                assert second is not first
        with pytest.raises(ServerError):
            _fail(servers, first)
        with servers.connection() as third:
            assert third is second
    with servers.connection() as late:
        late.query("SELECT 1", {})
    with servers.connection() as later:
        assert later is not late


def _fail(servers: Servers, expected: Connection) -> None:
    with servers.connection() as connection:
        assert connection is expected
        connection.query("SELECT no_such_column FROM daily", {})
