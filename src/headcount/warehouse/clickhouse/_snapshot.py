"""Snapshots: each statement sees the rows of committed versions alone, but for those whose row sets are dead.

In a statement a condition that leaves just these is added to each table's name: so the statements of questions are the same
for every engine, and all statements of a snapshot see one state over all shards, whatever is loaded meanwhile. It is a
``PREWHERE``, beside the statement's own ``WHERE``, and no subquery: each shard prunes by both, and groups what it has.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property

from headcount.warehouse._errors import WarehouseUnavailable
from headcount.warehouse._port import Cells, Parameters
from headcount.warehouse.clickhouse._connection import Connection
from headcount.warehouse.clickhouse._schema import ROWSETS, TABLES
from headcount.warehouse.clickhouse._servers import Servers
from headcount.warehouse.clickhouse._versions import State, read_state

LONGEST = 600.0
"""Seconds for which a snapshot is good: what is dead for much longer may be deleted under it."""

EXPIRING = {"sightings", "anonymous", "drops"}
"""The tables of which a retention takes what is from before a day, whichever row sets that is of."""

_FEW = 10_000  # dead row sets are written into a statement; more are looked up
_COUNTED = """(SELECT install, day, profile, last FROM sightings
WHERE install NOT IN (SELECT install FROM pairs) AND install NOT IN (SELECT stock FROM pairs)
UNION ALL SELECT install, day, profile, last FROM pair_sightings)"""
# A literal or a comment is matched first, so that what looks like a table in it is left alone.
_NAME = re.compile(
    r"'(?:[^'\\]|\\.|'')*'|--[^\n]*|/\*.*?\*/|\b(?P<before>FROM|JOIN)(?P<space>\s+)(?P<table>counted|"
    + "|".join(TABLES)
    + r")\b(?!\s*\()",
    re.DOTALL,
)


class ClickHouseSnapshot:
    """A `headcount.warehouse.Snapshot` of a state."""

    once = True

    def __init__(
        self,
        connection: Connection,
        state: State,
        *,
        begun: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``begun``: when the state was about to be read, by ``clock``, which gives seconds that only pass; None: now."""
        self._connection = connection
        self._clock = clock
        self._begun = clock() if begun is None else begun
        self.state = state

    def query(self, sql: str, parameters: Parameters) -> list[Cells]:
        """Return the rows of a statement. Raises `WarehouseUnavailable`, also where the snapshot is too old."""
        rows = self._connection.query(self.substituted(sql), parameters)
        if self._clock() - self._begun > LONGEST:  # looked at last: a statement, too, may take long
            raise WarehouseUnavailable(
                f"the answer took longer than {LONGEST:g} s, and the data may have changed under it"
            )
        return rows

    def substituted(self, sql: str) -> str:
        """Return a statement that sees of each table what is there."""
        return _NAME.sub(self._put, sql)

    def rows(self, table: str, where: str, *shared: str) -> list[Cells]:
        """Return the own columns of rows, and some of `SHARED` after them; ``where`` is a condition without parameters."""
        names = ", ".join([*TABLES[table].names, *shared])
        return self._connection.query(f"SELECT {names} FROM {table} WHERE {self._there(table)} AND ({where})", {})  # noqa: S608  # our own names

    def rows_of(self, table: str, where: str, rowsets: Iterable[int]) -> list[Cells]:
        """Return the own columns of rows of row sets that are known to be there."""
        names = ", ".join(TABLES[table].names)
        return self._connection.query(f"SELECT {names} FROM {table} WHERE {where} AND {among('rowset', rowsets)}", {})  # noqa: S608  # our own names

    def families(self, table: str, where: str) -> set[int]:
        """Return the names of the families of rows; ``where`` is a condition without parameters."""
        rows = self._connection.query(
            f"SELECT DISTINCT family FROM {table} WHERE {self._there(table)} AND ({where})",  # noqa: S608  # our own names
            {},
        )
        return {int(family) for (family,) in rows}

    def rowsets(self, table: str, where: str) -> set[int]:
        """Return the row sets of rows; ``where`` is a condition without parameters."""
        rows = self._connection.query(
            f"SELECT DISTINCT rowset FROM {table} WHERE {self._there(table)} AND ({where})",  # noqa: S608  # our own names
            {},
        )
        return {int(rowset) for (rowset,) in rows}

    def data_until(self) -> int | None:
        """Return when the newest report came, Unix time; None while there is none."""
        ((last, count),) = self.query("SELECT max(last), count() FROM latest", {})
        return int(last) if count else None

    def set_apart(self) -> int:
        """Return how many installations a flood set apart that are not released."""
        ((count,),) = self.query("SELECT count() FROM quarantine WHERE released = toDate('2100-01-01')", {})
        return int(count)

    def _put(self, match: re.Match[str]) -> str:
        table = match["table"]
        if table is None:
            return match[0]
        if table == "counted":
            return f"{match['before']}{match['space']}{self.substituted(_COUNTED)}"
        return f"{match[0]} PREWHERE {self._there(table)}"

    def _there(self, table: str) -> str:
        conditions = [f"rowset < {(self.state.version + 1) << ROWSETS}"]  # no alias of a statement has this name
        if self.state.aborted:
            conditions.append(f"bitShiftRight(rowset, {ROWSETS}) NOT IN ({_listed(self.state.aborted)})")
        if self._dead:
            conditions.append(f"rowset NOT IN ({self._dead})")
        if table in EXPIRING and self.state.expired:
            later = f"rowset >= {(self.state.expired + 1) << ROWSETS}"
            conditions.append(f"(day >= toDate('{self.state.expired_before}') OR {later})")
        return " AND ".join(conditions)

    @cached_property
    def _dead(self) -> str:
        """What stands in ``rowset NOT IN (…)``; nothing where no row set is dead."""
        seen = f"version <= {self.state.version}"
        if self.state.aborted:
            seen += f" AND version NOT IN ({_listed(self.state.aborted)})"
        rows = self._connection.query(
            f"SELECT DISTINCT dead_rowset FROM dead WHERE {seen} LIMIT {_FEW + 1}",  # noqa: S608  # our own names
            {},
        )
        if len(rows) > _FEW:
            return f"SELECT dead_rowset FROM dead WHERE {seen}"  # noqa: S608  # our own names
        return _listed(rowset for (rowset,) in rows)


@contextmanager
def snapshot(servers: Servers, clock: Callable[[], float] = time.monotonic) -> Iterator[ClickHouseSnapshot]:
    """Yield a snapshot of what is committed; ``clock`` gives seconds that only pass. Raises `WarehouseUnavailable`."""
    with servers.connection() as connection:
        begun = clock()
        yield ClickHouseSnapshot(connection, read_state(connection), begun=begun, clock=clock)


def among(column: str, numbers: Iterable[int]) -> str:
    """Return the condition that a column is among some numbers."""
    listed = _listed(numbers)
    return f"{column} IN ({listed})" if listed else "0"


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
