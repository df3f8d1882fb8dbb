"""A change of the data under a version: what it writes, and which row sets it puts others in the place of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from itertools import count
from typing import Any

from headcount.warehouse.clickhouse._connection import Connection
from headcount.warehouse.clickhouse._schema import ROWSETS, SHARED, TABLES
from headcount.warehouse.clickhouse._servers import Servers
from headcount.warehouse.clickhouse._snapshot import ClickHouseSnapshot, among
from headcount.warehouse.clickhouse._versions import State, Versions, read_state

_FLUSHED = 100_000  # rows; so many at most wait in memory

Row = Sequence[Any]


class Unit(IntEnum):
    """What has a row set: a family by its name, a day by its number since 1970, and some tables as a whole, as unit 0."""

    FAMILY = 0
    DAY = 1
    QUARANTINE = 2
    FACTS = 3
    MARKS = 4
    RECEIPTS = 5
    CLASSES = 6
    PUBLISHED = 7


class Change:
    """What one version writes; nothing of it is there before `committed` says so."""

    def __init__(self, connection: Connection, version: int) -> None:
        self._connection = connection
        self.version = version
        self.before = ClickHouseSnapshot(connection, read_state(connection))
        """What was committed before."""
        self.corrects = False
        """Whether it is more than a load."""
        self.held_since = self.before.state.held_since
        """Since when sightings are held: a retention sets another day."""
        self.expired = self.before.state.expired
        self.expired_before = self.before.state.expired_before
        """A version, up to which what is from before this day is no more: a retention sets both to its own."""
        self._numbers = count(1)
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._waiting = 0

    @property
    def state(self) -> State:
        """The state that it leads to."""
        before = self.before.state
        return State(
            self.version,
            before.aborted,
            before.corrections + self.corrects,
            self.held_since,
            self.expired,
            self.expired_before,
        )

    def rowset(self) -> int:
        """Return the number of a new row set."""
        return (self.version << ROWSETS) | next(self._numbers)

    def write(self, table: str, rows: Iterable[Row], rowset: int, family: int = 0) -> None:
        """Add rows of a table's own columns to a row set."""
        shared = (family, self.version, rowset)
        found = [(*row, *shared) for row in rows]
        self._rows[table] += found
        self._waiting += len(found)
        if self._waiting >= _FLUSHED:
            self.flush()

    def kill(self, rowsets: Iterable[int]) -> None:
        """Take all rows of some row sets away."""
        self.write("dead", [(rowset,) for rowset in sorted(set(rowsets))], 0)

    def replace(self, kind: Unit, units: Collection[int], held: Iterable[int] | None = None) -> Callable[[int], int]:
        """Take away the row sets of some units; return what gives a unit its new one, and notes it.

        ``held``: their row sets, where they are known.
        """
        spread = kind is Unit.FAMILY
        self.kill(rowsets(self.before, kind, units) if held is None else held)
        new: dict[int, int] = {}

        def of(unit: int) -> int:
            if unit not in new:
                new[unit] = self.rowset()
                self.write("rowsets", [(kind.value, unit)], new[unit], unit if spread else 0)
            return new[unit]

        return of

    def rewrite(self, kind: Unit, tables: Mapping[str, Iterable[Row]]) -> None:
        """Put rows in the place of all rows of some tables, which are one unit."""
        rowset = self.replace(kind, [0])
        for table, rows in tables.items():
            self.write(table, rows, rowset(0))

    def note_facts(self, facts: Mapping[str, str | None]) -> None:
        """Give facts of the warehouse their value; None: there is none any more."""
        held = [row for row in self.before.rows("facts", "1") if row[0] not in facts]
        self.rewrite(
            Unit.FACTS, {"facts": [*held, *((name, value) for name, value in facts.items() if value is not None)]}
        )

    def after(self) -> ClickHouseSnapshot:
        """Return what will be there once this is committed, as far as it is written."""
        self.flush()
        return ClickHouseSnapshot(self._connection, self.state)

    def flush(self) -> None:
        """Write what waits in memory."""
        for table, rows in self._rows.items():
            self._connection.insert(table, [*TABLES[table].names, *SHARED], rows)
        self._rows.clear()
        self._waiting = 0


@contextmanager
def change(servers: Servers, versions: Versions) -> Iterator[Change]:
    """Yield a change, and commit it at the end; where that fails, or the block raises, nothing of it is there.

    Raises `WarehouseUnavailable`.
    """
    with versions.taken() as version, servers.connection() as connection:
        made = Change(connection, version)
        yield made
        made.flush()
        versions.commit(made.state)


def rowsets(snapshot: ClickHouseSnapshot, kind: Unit, units: Collection[int]) -> list[int]:
    """Return the row sets of some units. Raises `WarehouseUnavailable`."""
    rows = snapshot.rows("rowsets", f"kind = {kind.value} AND {among('unit', units)}", "rowset")
    return [int(rowset) for _, _, rowset in rows]
