"""A ClickHouse of 2026 in this process, chDB, and connections to it in the place of the driver's."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from headcount.warehouse import Cells, Parameters
from headcount.warehouse._parameters import replace_parameters, used_parameters
from headcount.warehouse.clickhouse._address import Address
from headcount.warehouse.clickhouse._connection import SETTINGS, ServerError

_CODE = re.compile(r"Code: (\d+)\. (.*)", re.DOTALL)


class Recent:
    """A server without a socket; a process can have one at a time. Safe in any thread: one statement runs at a time."""

    def __init__(self, directory: Path) -> None:
        """Open it; what it writes goes under ``directory``."""
        from chdb.session import Session

        self._session = Session(str(directory))
        self._turn = threading.Lock()
        self._database = "default"
        for name, value in {**SETTINGS, "joined_subquery_requires_alias": 0}.items():
            self.run("default", f"SET {name} = {value!r}", "TabSeparated")

    def connect(self, address: Address) -> RecentConnection:
        """Return a connection in the database of an address."""
        return RecentConnection(self, address.database)

    def run(self, database: str, sql: str, form: str, values: dict[str, str | int] | None = None) -> str:
        """Return the output of a statement in a database. Raises `ServerError` where it fails."""
        with self._turn:
            try:
                if database != self._database:
                    self._session.query(f"USE {database}", "TabSeparated")
                    self._database = database
                return str(self._session.query(sql, form, params=values or {}))
            except RuntimeError as error:
                found = _CODE.search(str(error))
                raise ServerError(int(found[1]) if found else 0, found[2] if found else str(error)) from None

    def close(self) -> None:
        """Close it; another can be opened then."""
        self._session.close()


class RecentConnection:
    """A `headcount.warehouse.clickhouse.Connection` of it."""

    def __init__(self, server: Recent, database: str) -> None:
        self._server = server
        self._database = database

    def execute(self, sql: str) -> None:
        """Run a statement that gives no rows."""
        self._server.run(self._database, sql, "TabSeparated")

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Add rows to a table, as JSON."""
        lines = "\n".join(json.dumps(row, default=str) for row in rows)
        if lines:
            self.execute(f"INSERT INTO {table} ({', '.join(columns)}) FORMAT JSONCompactEachRow {lines}")

    def query(self, sql: str, parameters: Parameters) -> list[Cells]:
        """Return the rows: numbers, strings, dates and lists of them."""
        used = used_parameters(sql, parameters)
        # ClickHouse reads the value of a String parameter with its backslashes as escapes; in hex nothing is special.
        values = {name: value.encode().hex() if isinstance(value, str) else value for name, value in used.items()}

        def write(name: str) -> str:
            return f"unhex({{{name}:String}})" if isinstance(used[name], str) else f"{{{name}:Int64}}"

        answer = json.loads(self._server.run(self._database, replace_parameters(sql, write), "JSONCompact", values))
        types = [column["type"] for column in answer["meta"]]
        return [tuple(_value(kind, value) for kind, value in zip(types, row, strict=True)) for row in answer["data"]]

    def close(self) -> None:
        """Leave the server open for the others."""


def _value(kind: str, value: object) -> object:
    """A value as JSON has it, as the plain Python value of its ClickHouse type; tuples are lists."""
    if isinstance(value, list) and (inner := re.fullmatch(r"Array\((.*)\)", kind)):
        return [_value(inner[1], item) for item in value]
    return (
        date.fromisoformat(value) if isinstance(value, str) and re.fullmatch(r"(Nullable\()?Date\)?", kind) else value
    )
