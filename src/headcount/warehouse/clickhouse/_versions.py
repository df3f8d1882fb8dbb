"""Versions of the data: each change takes one, and what it wrote is there once its version is committed.

ClickHouse has no transaction over tables and shards, and 18.16 no compare-and-swap; but of two that create one table
one fails. So on the first server the table ``version_17`` is made by who takes that version, and ``end_17`` by who ends
it: with a column ``done`` by its owner, with ``aborted`` by another one, who waited and saw no beat of it any more. The
outcome is then written to ``commits``, by whoever comes to it first: a snapshot reads it there.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

from headcount.warehouse._errors import WarehouseUnavailable
from headcount.warehouse.clickhouse._connection import ALREADY_EXISTS, Connection, ServerError
from headcount.warehouse.clickhouse._servers import Servers
from headcount.warehouse.derivation import LONG_AGO

LEASE = 15.0
"""Seconds without a beat after which a version is given up for its owner."""

_POLL = 0.1  # seconds between two looks at who holds a version
_KEPT = 20  # versions whose tables stay on the first server
_TABLES = "SELECT name FROM system.tables WHERE database = $database AND match(name, '^(version|end)_[0-9]+$')"
_END = "SELECT name FROM system.columns WHERE database = $database AND table = $table"
_STATE = ("version", "corrections", "held_since", "expired", "expired_before")
_LEDGER = """
SELECT version, toUInt8(0) AS what, toUInt64(aborted) AS number, toDate('1970-01-01') AS since, toUInt64(0) AS up_to,
    toDate('1970-01-01') AS gone
FROM commits
UNION ALL
SELECT version, toUInt8(1) AS what, corrections AS number, held_since AS since, expired AS up_to, expired_before AS gone
FROM states
"""


class Aborted(WarehouseUnavailable):
    """A change took too long to show that it goes on, and was given up for it: nothing of it is there."""


class State(NamedTuple):
    """What a snapshot goes by: the newest committed version, and all that never came to be, before it and since.

    ``corrections``: how many versions up to it were no loads; ``held_since``: the day of the last retention, or `LONG_AGO`.
    Rows of versions up to ``expired`` and of days before ``expired_before`` are no more: that was a retention here.
    """

    version: int
    aborted: tuple[int, ...]
    corrections: int
    held_since: date
    expired: int
    expired_before: date


def read_state(connection: Connection) -> State:
    """Return the committed state. Raises `WarehouseUnavailable`."""
    outcomes, states = _read_ledger(connection)
    version = max((version for version, aborted in outcomes.items() if not aborted), default=0)
    if version and version not in states:  # the two tables are not read at one moment; its state was written first
        _, states = _read_ledger(connection)
    held = max((each for each in states if each <= version), default=0)  # the one before, where a disk lost its row
    aborted = tuple(sorted(each for each, gone in outcomes.items() if gone))
    return State(version, aborted, *states.get(held, (0, LONG_AGO, 0, LONG_AGO)))


def _read_ledger(connection: Connection) -> tuple[dict[int, int], dict[int, tuple[int, date, int, date]]]:
    """Return of each version that is over whether it was aborted, and the states, without their versions."""
    outcomes: dict[int, int] = {}
    states: dict[int, tuple[int, date, int, date]] = {}
    for version, what, number, *rest in connection.query(_LEDGER, {}):
        if what:
            states[version] = number, *rest
        else:
            outcomes[version] = max(number, outcomes.get(version, 0))
    return outcomes, states


class Versions:
    """Takes and ends versions. One change at a time goes on over all processes."""

    def __init__(self, servers: Servers, clock: Callable[[], float] = time.monotonic, lease: float = LEASE) -> None:
        """``clock`` gives seconds that only pass; ``lease`` is in seconds."""
        self._servers = servers
        self._clock = clock
        self._lease = lease
        self._turn = threading.Lock()
        self._committed = 0  # the last version that was

    @contextmanager
    def taken(self) -> Iterator[int]:
        """Yield a new version while no other change goes on; it is aborted at the end unless `commit` was called.

        Raises `WarehouseUnavailable`.
        """
        with self._turn, self._servers.connection(self._servers.first) as connection:
            version = self._take(connection)
            stop = threading.Event()
            beats = threading.Thread(target=self._beat, args=(version, stop), name="beats", daemon=True)
            beats.start()
            try:
                yield version
            finally:
                stop.set()
                if self._committed != version:
                    self._give_up(version)
                beats.join()

    def commit(self, state: State) -> None:
        """Let what a version wrote be there from now on; ``state``: its own.

        Raises `Aborted`, and `WarehouseUnavailable` where none knows.
        """
        version = state.version
        with self._servers.connection(self._servers.first) as connection:
            connection.insert("states", _STATE, [[getattr(state, name) for name in _STATE]])
            if not self._end(connection, version, "done"):
                raise Aborted(
                    f"version {version} was given up by another process: it showed no beat for {self._lease:g} s"
                )
            outcomes = self._outcomes(connection)
            if outcomes.get(version, max(outcomes, default=0) > version):  # its tables were gone, and `end_` is new
                connection.execute(f"DROP TABLE IF EXISTS end_{version}")
                raise Aborted(f"version {version} was given up by another process long ago")
            if version not in outcomes:
                connection.insert("commits", ["version", "aborted"], [(version, 0)])
            self._committed = version

    def _take(self, connection: Connection) -> int:
        seen: tuple[int, int] = (0, 0)
        since = self._clock()
        while True:
            tables = self._tables(connection)
            outcomes = self._outcomes(connection)
            settled = max(outcomes, default=0) - _KEPT  # who stood still for long may have made one of these again
            taken, ended = ({version for version in each if version >= settled} for each in tables)
            for version in sorted(ended - outcomes.keys()):
                done = self._outcome(connection, version)
                if done is not None:
                    connection.insert("commits", ["version", "aborted"], [(version, int(not done))])
                    outcomes[version] = int(not done)
            going_on = taken - ended - outcomes.keys()
            if not going_on:
                version = max((*taken, *outcomes, 0)) + 1
                if self._create(connection, f"version_{version} (beat UInt64)"):
                    if max(self._outcomes(connection), default=0) < version:
                        self._drop(connection, tables[0] | tables[1], version - _KEPT)
                        return version
                    connection.execute(f"DROP TABLE IF EXISTS version_{version}")  # it was there, and is over
                continue
            holder = max(going_on)
            beat = self._beats(connection, holder)
            if seen != (holder, beat):
                seen, since = (holder, beat), self._clock()
            elif self._clock() - since >= self._lease:
                self._end(connection, holder, "aborted")
                continue
            threading.Event().wait(_POLL)

    def _beat(self, version: int, stop: threading.Event) -> None:
        """Show that the owner of a version goes on, until ``stop`` is set; a beat that fails is left out."""
        number = 0
        while not stop.wait(self._lease / 5):
            number += 1
            try:
                with self._servers.connection(self._servers.first) as connection:
                    connection.insert(f"version_{version}", ["beat"], [(number,)])
            except WarehouseUnavailable:
                continue

    def _give_up(self, version: int) -> None:
        try:
            with self._servers.connection(self._servers.first) as connection:
                self._end(connection, version, "aborted")
        except WarehouseUnavailable:
            return  # another one does, when it sees no beat

    def _end(self, connection: Connection, version: int, how: str) -> bool:
        """End a version; return whether it is done."""
        if self._create(connection, f"end_{version} ({how} UInt8)"):
            return how == "done"
        return bool(self._outcome(connection, version))

    def _outcome(self, connection: Connection, version: int) -> bool | None:
        """Return whether a version is done; None where that is long ago, and its tables are gone.

        One without a state is not: ``end_`` is of after the moment of a backup that was brought back.
        """
        place = self._servers.first
        columns = connection.query(_END, {"database": place.database, "table": f"end_{version}"})
        if columns != [("done",)]:
            return False if columns else None
        return bool(connection.query("SELECT version FROM states WHERE version = $version", {"version": version}))

    def _tables(self, connection: Connection) -> tuple[set[int], set[int]]:
        """Return which versions were taken, and which are ended, as far as their tables are still there."""
        names = [str(name) for (name,) in connection.query(_TABLES, {"database": self._servers.first.database})]
        numbers = [(name.startswith("end"), int(re.sub(r"\D", "", name))) for name in names]
        return {number for end, number in numbers if not end}, {number for end, number in numbers if end}

    def _outcomes(self, connection: Connection) -> dict[int, int]:
        return dict(connection.query("SELECT version, max(aborted) FROM commits GROUP BY version", {}))

    def _beats(self, connection: Connection, version: int) -> int:
        try:
            ((count,),) = connection.query(f"SELECT count() FROM version_{version}", {})  # noqa: S608  # our own name
        except ServerError:
            return -1  # it was dropped meanwhile
        return int(count)

    def _create(self, connection: Connection, table: str) -> bool:
        """Create a table on the first server; return False where it is there already."""
        try:
            connection.execute(f"CREATE TABLE {table} ENGINE = Memory")
        except ServerError as error:
            if error.code == ALREADY_EXISTS:
                return False
            raise
        return True

    def _drop(self, connection: Connection, versions: set[int], before: int) -> None:
        for version in versions:
            if version < before:
                connection.execute(f"DROP TABLE IF EXISTS version_{version}")
                connection.execute(f"DROP TABLE IF EXISTS end_{version}")
