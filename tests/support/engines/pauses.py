"""Connections of a process that is stopped at a statement, while others go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from headcount.warehouse import Cells, Parameters
from headcount.warehouse.clickhouse import Address, Connection
from headcount.warehouse.clickhouse._connection import Connect


class Pauses:
    """Opens connections of which one statement is late: something else happens before it runs."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._is_it: Callable[[int, str], bool] = lambda _number, _statement: False
        self._meanwhile: Callable[[], object] = lambda: None
        self.ran: list[str] = []
        """The statements since `at`."""
        self.happened = False
        """Whether it happened."""

    def connect(self, address: Address) -> Connection:
        """Open a connection."""
        return _Pausing(self, self._connect(address))

    def at(self, which: int | str, meanwhile: Callable[[], object]) -> None:
        """Let something happen before the statement with this number, from 0 on from now, or that begins so."""
        self.ran, self.happened = [], False
        self._meanwhile = meanwhile
        self._is_it = lambda number, statement: (
            number == which if isinstance(which, int) else statement.startswith(which)
        )

    def before(self, statement: str) -> None:
        """Be told of a statement that is about to run."""
        self.ran.append(statement)
        if not self.happened and self._is_it(len(self.ran) - 1, statement):
            self.happened = True
            self._meanwhile()


class _Pausing:
    def __init__(self, pauses: Pauses, connection: Connection) -> None:
        self._pauses = pauses
        self._connection = connection

    def execute(self, sql: str) -> None:
        self._pauses.before(sql)
        self._connection.execute(sql)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        self._pauses.before(f"INSERT INTO {table}")
        self._connection.insert(table, columns, rows)

    def query(self, sql: str, parameters: Parameters) -> list[Cells]:
        self._pauses.before(sql)
        return self._connection.query(sql, parameters)

    def close(self) -> None:
        self._connection.close()
