"""Deleting what no snapshot sees any more: row sets that are dead, versions that never came to be, months that expired.

ClickHouse deletes by mutations, which go on beside all else, and leaves the old parts on the disk for some minutes. So it
takes several turns: mutations are begun; once they are done that is noted; and once no part of before is there any more,
what was deleted is off the disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager

from headcount.warehouse.clickhouse._address import Address
from headcount.warehouse.clickhouse._change import Change, Unit, change
from headcount.warehouse.clickhouse._connection import Connection
from headcount.warehouse.clickhouse._schema import LEDGER, TABLES, local
from headcount.warehouse.clickhouse._servers import Servers
from headcount.warehouse.clickhouse._snapshot import EXPIRING, LONGEST, among, snapshot
from headcount.warehouse.clickhouse._versions import State, Versions

GRACE = 2 * LONGEST
"""Seconds after which what is dead may be deleted: no snapshot is good for so long."""

_APART = 3_600  # seconds between two sweeps that nothing hurries
_LEDGER_ROWS = 1_000  # of versions that stay in the ledger

_BEGUN, _BEGUN_AT, _DONE, _DONE_AT = "swept", "swept at", "deleted", "deleted at"  # facts: a version, and Unix time
_UNDONE = "SELECT count() FROM system.mutations WHERE database = $database AND is_done = 0"
_OLD_PARTS = (
    "SELECT count() FROM system.parts WHERE database = $database AND active = 0 AND toUInt32(remove_time) <= $moment"
)


class Sweeper:
    """Sweeps the servers of a warehouse, a turn at a time. Any process may have any turn."""

    def __init__(self, servers: Servers, versions: Versions, grace: float = GRACE) -> None:
        """``grace``: see `GRACE`."""
        self._servers = servers
        self._versions = versions
        self._grace = grace

    def turn(self, now: float, *, hurried: bool) -> bool:
        """Go on by a step where one is due when it is ``now``, Unix time; return whether one was.

        ``hurried``: an erasure waits for it. Raises `WarehouseUnavailable`.
        """
        with snapshot(self._servers) as read:
            facts: dict[str, str] = dict(read.query("SELECT name, value FROM facts", {}))
            waiting = [row[0] for row in read.query("SELECT erased FROM receipts WHERE disk = 0", {})]
        begun, done = int(facts.get(_BEGUN, 0)), int(facts.get(_DONE, 0))
        if begun > done:
            if not self._are_done():
                return False
            if self._delete(begun, done):  # a backup that was brought back has the rows, and no mutations
                return True
            return self._note({_DONE: str(begun), _DONE_AT: str(self._moment())})
        if any(version <= done for version in waiting) and not self._holds_parts_of(int(facts[_DONE_AT])):
            return self._note_receipts(done, now)
        hurried = hurried and any(version > done for version in waiting)
        if hurried or not 0 <= now - float(facts.get(_BEGUN_AT, 0)) < _APART:
            return self._begin(done, now)
        return False

    def _begin(self, done: int, now: float) -> bool:
        """Begin to delete what was dead before the grace; return whether there may be any."""
        with self._servers.connection(self._servers.first) as connection:
            rows = connection.query(
                f"SELECT version FROM commits WHERE aborted = 0 AND toUInt32(noted) + {int(self._grace)} <= toUInt32(now()) "  # noqa: S608  # our own names
                "ORDER BY version DESC LIMIT 1",
                {},
            )
        until = int(rows[0][0]) if rows else 0
        if until <= done:
            return False
        self._delete(until, done)
        return self._note({_BEGUN: str(until), _BEGUN_AT: str(int(now))})

    def _delete(self, until: int, done: int) -> bool:
        """Begin to delete what no snapshot of ``until`` or later sees; return whether there is any."""
        with snapshot(self._servers) as read:
            state = read.state
        are_any = False
        for address in self._servers.all:
            with self._servers.connection(address) as connection:
                for table in TABLES:
                    are_any |= _delete(connection, address, table, _condition(address, table, state, until, done))
                for table in set(LEDGER) - {"schema"}:
                    rest = "aborted = 0 AND " if table == "commits" else ""
                    are_any |= _delete(connection, address, table, f"{rest}version < {until - _LEDGER_ROWS}")
        return are_any

    def _are_done(self) -> bool:
        return not any(self._count(address, _UNDONE) for address in self._servers.all)

    def _holds_parts_of(self, moment: int) -> bool:
        """Return whether there are parts on a disk that others took the place of, from before a moment, Unix time."""
        return any(self._count(address, _OLD_PARTS, moment) for address in self._servers.all)

    def _count(self, address: Address, sql: str, moment: int | None = None) -> int:
        values: dict[str, str | int] = {"database": address.database}
        if moment is not None:
            values["moment"] = moment
        with self._servers.connection(address) as connection:
            ((count,),) = connection.query(sql, values)
        return int(count)

    def _moment(self) -> int:
        """Return what time it is, Unix time, by the clock that is ahead of those of the other servers."""
        return max(self._count(address, "SELECT toUInt32(now()) AS moment") for address in self._servers.all)

    def _note(self, facts: Mapping[str, str]) -> bool:
        with self._changing() as changing:
            changing.note_facts(facts)
        return True

    def _note_receipts(self, done: int, now: float) -> bool:
        with self._changing() as changing:
            rows = changing.before.rows("receipts", "1")
            noted = [
                (name, asked, disk or (int(now) if erased <= done else 0), erased) for name, asked, disk, erased in rows
            ]
            changing.rewrite(Unit.RECEIPTS, {"receipts": noted})
        return True

    def _changing(self) -> AbstractContextManager[Change]:
        return change(self._servers, self._versions)


def _condition(address: Address, table: str, state: State, until: int, done: int) -> str:
    """Return which rows of a table no snapshot sees: none that is of a state of ``until`` or later."""
    never = among("version", [version for version in state.aborted if version < until])
    if table == "dead":  # of what is deleted already
        return f"version <= {done} OR {never}"
    dead = f"SELECT dead_rowset FROM {address.database}.dead WHERE version <= {until} AND NOT ({never})"  # noqa: S608  # our own names
    gone = f"rowset IN ({dead}) OR {never}"
    if table in EXPIRING and 0 < state.expired <= until:
        # No month is dropped: what was loaded of it since the retention stays, also where that comes at this moment.
        gone += f" OR (day < toDate('{state.expired_before}') AND version <= {state.expired})"
    return gone


def _delete(connection: Connection, address: Address, table: str, condition: str) -> bool:
    """Begin to delete rows on a server, where there are any, and return that: each time whole parts are written anew."""
    name = local(table, address)
    ((count,),) = connection.query(f"SELECT count() FROM {name} WHERE {condition}", {})  # noqa: S608  # our own names
    if count:
        connection.execute(f"ALTER TABLE {name} DELETE WHERE {condition}")
    return bool(count)
