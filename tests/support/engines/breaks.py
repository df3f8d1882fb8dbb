"""Connections that break at a statement: as when the process is killed there, or as when the network fails there."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, TypeVar

from headcount.warehouse import Cells, Parameters, WarehouseUnavailable
from headcount.warehouse.clickhouse._address import Address
from headcount.warehouse.clickhouse._connection import Connect, Connection

Way = Literal["killed before", "killed after", "lost before", "lost after"]
WAYS: Sequence[Way] = ("killed before", "killed after", "lost before", "lost after")
"""How a statement breaks, before or after it runs. Whoever was killed runs no other one; what was lost is one alone."""

Answer = TypeVar("Answer")


class Killed(BaseException):
    """The process is no more."""


class Breaks:
    """Opens connections of one process, of whose statements one breaks."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._thread = threading.current_thread()
        self._is_it: Callable[[int, str], bool] | None = None
        self._way: Way = WAYS[0]
        self._is_dead = False
        self.ran: list[str] = []
        """The kinds of the statements since `at`: what they do, to which table."""
        self.broke = False
        """Whether one broke."""

    def connect(self, address: Address) -> Connection:
        """Open a connection."""
        return _Breaking(self, self._connect(address))

    def at(self, way: Way, is_it: Callable[[int, str], bool]) -> None:
        """Let the next statement break of whose number, from 0 on from now, and kind this is true."""
        self.ran = []
        self._way, self._is_it = way, is_it

    def run(self, kind: str, statement: Callable[[], Answer]) -> Answer:
        """Run a statement; what other threads do beside is not counted."""
        if self._is_dead:
            raise WarehouseUnavailable("the process is no more")
        if self._is_it is None or threading.current_thread() is not self._thread:
            return statement()
        self.ran.append(kind)
        if not self._is_it(len(self.ran) - 1, kind):
            return statement()
        self._is_it, self.broke = None, True
        if self._way.endswith("after"):
            statement()
        if self._way.startswith("killed"):
            self._is_dead = True
            raise Killed
        raise WarehouseUnavailable("the connection broke off")


class _Breaking:
    """A connection of them."""

    def __init__(self, breaks: Breaks, connection: Connection) -> None:
        self._breaks = breaks
        self._connection = connection

    def execute(self, sql: str) -> None:
        self._breaks.run(_kind(sql), lambda: self._connection.execute(sql))

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        listed = list(rows)
        if listed:
            self._breaks.run(f"INSERT {table}", lambda: self._connection.insert(table, columns, listed))

    def query(self, sql: str, parameters: Parameters) -> list[Cells]:
        return self._breaks.run(_kind(sql), lambda: self._connection.query(sql, parameters))

    def close(self) -> None:
        self._connection.close()


def _kind(sql: str) -> str:
    """What a statement does, and to which table; numbers are left out."""
    words = re.sub(r"\d+", "", sql).split()
    if words[0] in ("SELECT", "WITH"):
        return f"SELECT {next((word for before, word in zip(words, words[1:], strict=False) if before == 'FROM'), '')}"
    return " ".join(words[:3])
