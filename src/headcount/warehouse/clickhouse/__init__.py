"""The warehouse in a ClickHouse server or cluster."""

from headcount.warehouse.clickhouse._address import FORM, Address, read_address
from headcount.warehouse.clickhouse._connection import Connect, Connection, ServerError
from headcount.warehouse.clickhouse._warehouse import ClickHouseWarehouse

__all__ = ["FORM", "Address", "ClickHouseWarehouse", "Connect", "Connection", "ServerError", "read_address"]
