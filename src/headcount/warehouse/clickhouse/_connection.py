"""A connection to a ClickHouse server, from 18.16 on, with the settings under which the questions hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from headcount.warehouse._parameters import replace_parameters, used_parameters
from headcount.warehouse._port import Cells

SETTINGS: Mapping[str, str | int] = {
    "join_default_strictness": "ALL",  # 18.16 refuses a JOIN that says neither ALL nor ANY; the default by now
    "distributed_product_mode": "global",  # else IN (subquery) sees one shard's rows only, or is refused
    "insert_distributed_sync": 1,  # an insert is acknowledged once it is on its shards
}
"""The settings of every connection."""


class ClickHouse:
    """One connection, opened by the first statement; not for two threads at once."""

    def __init__(self, host: str, port: int = 9000, database: str = "default") -> None:
        """Raises ImportError where the extra is not installed."""
        try:
            from clickhouse_driver import Client  # noqa: PLC0415  # only who uses ClickHouse needs it
        except ImportError as error:
            raise ImportError("ClickHouse needs its driver: pip install headcount[clickhouse]") from error
        self._client = Client(host, port, database, settings=dict(SETTINGS))

    def execute(self, sql: str) -> None:
        """Run a statement that has no parameters and gives no rows."""
        self._client.execute(sql)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Add rows to a table; over shards, return once every shard has its own.

        The names are the project's, never a user's: they go into the statement as they are.
        """
        batch = [tuple(row) for row in rows]
        if batch:
            self._client.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES", batch)

    def query(self, sql: str, parameters: Mapping[str, str | int]) -> list[Cells]:
        """Return the rows of a statement, whose ``$names`` the driver binds; arrays are lists, days are dates.

        Raises ValueError where a parameter has no value, or the statement has parameters and a ``%``.
        """
        used = used_parameters(sql, parameters)
        if used and "%" in sql:
            raise ValueError("a statement with parameters cannot hold a literal %: write modulo(), or bind the text")
        rows: list[Cells] = self._client.execute(replace_parameters(sql, lambda name: f"%({name})s"), used or None)
        return rows

    def close(self) -> None:
        """Close the connection."""
        self._client.disconnect()
