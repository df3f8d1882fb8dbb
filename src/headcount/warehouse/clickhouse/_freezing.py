"""Freezing all tables as of one moment, so that what they hold can be copied away: a backup by ClickHouse's own means."""

from __future__ import annotations

from headcount.warehouse.clickhouse._schema import LEDGER, TABLES, local
from headcount.warehouse.clickhouse._servers import Servers

_FIRST = "dead"  # while dead rows are swept its rows go last: without them what they kill would be alive again


def freeze(servers: Servers, name: str) -> list[str]:
    """Have each server link the files of all tables under ``shadow/NAME`` in its directory; return the servers.

    ``name``: letters, digits, - and _. Nothing may be changed meanwhile. Raises `WarehouseUnavailable`.
    """
    for table in (_FIRST, *(each for each in (*LEDGER, *TABLES) if each != _FIRST)):
        for address in servers.all:
            with servers.connection(address) as connection:
                connection.execute(f"ALTER TABLE {local(table, address)} FREEZE WITH NAME '{name}'")
    return [f"{address.host}:{address.port}" for address in servers.all]
