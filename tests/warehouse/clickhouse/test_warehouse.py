"""A warehouse in ClickHouse while its servers are away, and once they are there."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest

from headcount.warehouse import WarehouseUnavailable
from headcount.warehouse.clickhouse import Address, ClickHouseWarehouse, Connection
from headcount.warehouse.clickhouse._connection import connect


def test_while_servers_that_were_away_are_looked_for_nobody_waits(place: Address) -> None:
    """One looks, for as long as it takes that nothing answers; the others are told at once what was wrong before."""
    is_away, looks, may_go_on = [True], threading.Event(), threading.Event()

    def opens(address: Address) -> Connection:
        if is_away[0]:
            raise WarehouseUnavailable("it is away")
        looks.set()
        may_go_on.wait()
        return connect(address)

    with closing(ClickHouseWarehouse(place, connect=opens)) as warehouse:
        assert warehouse.problem == "it is away"
        is_away[0] = False
        versions: list[int] = []
        first = threading.Thread(target=lambda: versions.append(warehouse.generation().data))
        first.start()
        looks.wait()
        with pytest.raises(WarehouseUnavailable, match="it is away"):
            warehouse.generation()
        may_go_on.set()
        first.join()
        assert warehouse.problem is None
        assert warehouse.generation().data == versions[0]
