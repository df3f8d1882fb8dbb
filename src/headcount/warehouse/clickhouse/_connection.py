"""A connection to a ClickHouse server, from 18.16 on, with the settings under which the questions hold."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from headcount.warehouse._errors import WarehouseUnavailable
from headcount.warehouse._parameters import replace_parameters, used_parameters
from headcount.warehouse._port import Cells, Parameters
from headcount.warehouse.clickhouse._address import Address

SETTINGS: Mapping[str, str | int] = {
    "join_default_strictness": "ALL",  # 18.16 refuses a JOIN that says neither ALL nor ANY; the default by now
    "distributed_product_mode": "global",  # else IN (subquery) sees one shard's rows only, or is refused
    "insert_distributed_sync": 1,  # an insert is acknowledged once it is on its shards
    "skip_unavailable_shards": 0,  # without a shard there is no answer
    "connect_timeout_with_failover_ms": 3_000,  # between servers; its default of 50 is too short for a busy machine
    "receive_timeout": 60,  # seconds that a server waits for another one
    "send_timeout": 60,
    "log_queries": 0,  # statements name pseudonyms, which an erasure is to take off the disk
    "max_query_size": 4 << 20,  # bytes; statements that name thousands of installations are longer than its default
}
"""The settings of every connection."""

REPLICATED: Mapping[str, str | int] = {
    "insert_quorum": 2,  # replicas that have a row before it is acknowledged: most of two or three
    "insert_quorum_timeout": 60_000,  # milliseconds
    "select_sequential_consistency": 1,  # a replica that lacks an acknowledged row gives no answer
}
"""Further settings where shards have replicas: else a snapshot could be read on one that lags behind."""

# A long list of numbers goes beside a statement as a table: that takes a tenth of the time of reading them in it.
_LONG_LIST = re.compile(r"\b(NOT )?IN \((\d+(?:, \d+){99,})\)")

_CONNECT = 5  # seconds
_ANSWER = 90  # seconds without any packet; a server that works sends its progress

ALREADY_EXISTS = 57
"""The code of the error that a table exists already."""

_NO_USER = {192, 193, 194, 516}
_NO_RIGHTS = {164, 291, 497}  # the first: the user may only read
_NO_SHARD = {198, 209, 210, 279}
_PSEUDONYM = re.compile(r"\d{9,}")  # an error may quote the statement
_CERTIFICATE = re.compile(r"certificate verify failed: (.+?)\.? \(_ssl")  # the driver tells it in this text alone


class ServerError(WarehouseUnavailable):
    """The server refused a statement; ``code``: ClickHouse's number of the error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Connection(Protocol):
    """What the engine needs of a server. Each method raises `WarehouseUnavailable`."""

    def execute(self, sql: str) -> None:
        """Run a statement that has no parameters and gives no rows."""

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Add rows to a table; over shards, return once every shard has its own."""

    def query(self, sql: str, parameters: Parameters) -> list[Cells]:
        """Return the rows of a statement, whose ``$names`` are bound; arrays are lists, days are dates."""

    def close(self) -> None:
        """Close the connection. Raises nothing."""


Connect = Callable[[Address], Connection]
"""Opens a connection to the server at an address, in its database ``database``."""


class ClickHouse:
    """A `Connection` of the native protocol, opened by the first statement; not for two threads at once."""

    def __init__(self, address: Address) -> None:
        """Raises `WarehouseUnavailable` where the extra is not installed."""
        try:
            from clickhouse_driver import Client  # noqa: PLC0415  # only who uses ClickHouse needs it
        except ImportError as error:
            raise WarehouseUnavailable("ClickHouse needs its driver: pip install 'headcount[clickhouse]'") from error
        logging.getLogger("clickhouse_driver").setLevel(logging.CRITICAL)  # what fails is raised, and said once
        self._place = f"{address.host}:{address.port}"
        self._client = Client(
            address.host, address.port, address.database, address.user, address.password,
            client_name="headcount", connect_timeout=_CONNECT, send_receive_timeout=_ANSWER,
            settings={**SETTINGS, **(REPLICATED if address.replicas else {})},
            secure=address.tls, verify=True, ca_certs=None if address.ca is None else str(address.ca),
        )  # fmt: skip

    def execute(self, sql: str) -> None:
        """Run a statement that has no parameters and gives no rows."""
        with self._failing():
            self._client.execute(sql)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Add rows to a table; over shards, return once every shard has its own.

        The names are the project's, never a user's: they go into the statement as they are.
        """
        batch = [tuple(row) for row in rows]
        if batch:
            with self._failing():
                self._client.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES", batch)

    def query(self, sql: str, parameters: Parameters) -> list[Cells]:
        """Return the rows of a statement, whose ``$names`` the driver binds; arrays are lists, days are dates.

        Raises ValueError where a parameter has no value, or the statement has parameters and a ``%``.
        """
        used = used_parameters(sql, parameters)
        if used and "%" in sql:
            raise ValueError("a statement with parameters cannot hold a literal %: write modulo(), or bind the text")
        lists: dict[str, str] = {}

        def name_list(match: re.Match[str]) -> str:
            name = lists.setdefault(match[2], f"numbers_{len(lists)}")
            return f"GLOBAL {match[1] or ''}IN {name}"

        text = _LONG_LIST.sub(name_list, replace_parameters(sql, lambda name: f"%({name})s"))
        tables = [
            {
                "name": name,
                "structure": [("number", "UInt64")],
                "data": [{"number": int(each)} for each in listed.split(", ")],
            }
            for listed, name in lists.items()
        ]
        with self._failing():
            rows: list[Cells] = self._client.execute(text, used or None, external_tables=tables or None)
        return rows

    def close(self) -> None:
        """Close the connection."""
        self._client.disconnect()

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Raise `WarehouseUnavailable`, in a line without secrets, for whatever is wrong with the server or the way to it.

        What the driver cannot write as a value of a column is ValueError or TypeError, and not the server's fault.
        """
        from clickhouse_driver import errors  # noqa: PLC0415  # likewise

        try:
            yield
        except errors.ServerException as error:
            raise ServerError(error.code, self._told(error.code, str(error.message))) from None
        except errors.TypeMismatchError as error:
            raise ValueError(type(error).__name__) from None  # it holds the value
        except (errors.Error, OSError, EOFError, UnicodeError) as error:
            self._client.disconnect()
            if untrusted := _CERTIFICATE.search(str(error)):
                raise WarehouseUnavailable(
                    f"the certificate of the ClickHouse server {self._place} is not trusted: {untrusted[1]}"
                ) from None
            raise WarehouseUnavailable(
                f"the ClickHouse server {self._place} cannot be reached, or broke off: {type(error).__name__}"
            ) from None

    def _told(self, code: int, message: str) -> str:
        if code in _NO_USER:
            return f"the ClickHouse server {self._place} refused the user or the password"
        if code in _NO_RIGHTS:
            return (
                f"the user lacks rights on the ClickHouse server {self._place} (code {code}): docs/cluster.md says which "
                "it needs"
            )
        if code in _NO_SHARD:
            return f"a server of the cluster cannot be reached from {self._place} (code {code})"
        line = message.partition("Stack trace")[0].partition("\n")[0].removeprefix("DB::Exception: ").strip()
        line = _PSEUDONYM.sub("…", line)[:300]
        return f"the ClickHouse server {self._place} refused a statement (code {code}): {line}"


def connect(address: Address) -> Connection:
    """Open a connection with the driver. Raises `WarehouseUnavailable` where that is not installed."""
    return ClickHouse(address)
