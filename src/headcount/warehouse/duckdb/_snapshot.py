"""A view of the warehouse in which nothing changes between two statements."""

from __future__ import annotations

import duckdb

from headcount.warehouse._parameters import used_parameters
from headcount.warehouse._port import Cells, Parameters


class DuckSnapshot:
    """A `headcount.warehouse.Snapshot` of a cursor in a transaction."""

    once = True  # the loader adds no row that is held

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self.cursor = cursor

    def query(self, sql: str, parameters: Parameters) -> list[Cells]:
        return self.cursor.execute(sql, used_parameters(sql, parameters)).fetchall()

    def data_until(self) -> int | None:
        ((last,),) = self.query("SELECT max(last) FROM latest", {})
        return None if last is None else int(last)

    def set_apart(self) -> int:
        ((count,),) = self.query("SELECT count(*) FROM quarantine WHERE released = DATE '2100-01-01'", {})
        return int(count)
