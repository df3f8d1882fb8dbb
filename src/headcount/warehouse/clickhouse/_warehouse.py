"""The warehouse in ClickHouse: a server, or a cluster that any number of processes work on."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

from headcount.contract import Arrival, Vocabulary, vocabulary
from headcount.warehouse import _holdings
from headcount.warehouse import derivation as rule
from headcount.warehouse._errors import Unloadable, WarehouseUnavailable, WrongWarehouse
from headcount.warehouse._floods import FloodRule
from headcount.warehouse._port import Cells, Finding, Generation, Holding, Progress, Snapshot, silent
from headcount.warehouse._publications import States, is_published
from headcount.warehouse.clickhouse import _descriptions, _keeping, _loading, _publications, _reports
from headcount.warehouse.clickhouse._address import Address
from headcount.warehouse.clickhouse._change import Change, change
from headcount.warehouse.clickhouse._connection import Connect, connect
from headcount.warehouse.clickhouse._examination import examine
from headcount.warehouse.clickhouse._facts import clock, fact
from headcount.warehouse.clickhouse._freezing import freeze
from headcount.warehouse.clickhouse._opening import Opening
from headcount.warehouse.clickhouse._servers import Servers
from headcount.warehouse.clickhouse._snapshot import ClickHouseSnapshot, snapshot
from headcount.warehouse.clickhouse._sweeping import Sweeper
from headcount.warehouse.clickhouse._takeover import take_over
from headcount.warehouse.clickhouse._versions import Versions, read_state

logger = logging.getLogger(__name__)


class ClickHouseWarehouse:
    """A `headcount.warehouse.Warehouse` in ClickHouse. Safe in any thread, and beside other processes.

    While the servers cannot be used, as far as is known, `problem` says why; each use raises `WarehouseUnavailable`.
    """

    def __init__(
        self,
        address: Address,
        key: str | None = None,
        *,
        known: Vocabulary | None = None,
        progress: Progress = silent,
        may_create: Callable[[], bool] = lambda: True,
        patience: float | None = None,
        connect: Connect = connect,
    ) -> None:
        """Make what is missing there, and bring it up to date, now or once the servers can be reached.

        ``key``: the fingerprint of the pseudonym key; a warehouse keeps that of its first. ``known``: the vocabulary, that
        of the package unless given; ``progress`` is told of what takes long. Where there is no table and ``may_create``
        returns false nothing is made. Servers that hang are waited for ``patience`` seconds, if any. Raises
        `WrongWarehouse` where what is there will not do, and `OtherKey` where it is of another key.
        """
        self._address = address
        self._key = key
        self._vocabulary = known or vocabulary()
        self._progress = progress
        self._may_create = may_create
        self._servers = Servers(address, connect)
        self._versions = Versions(self._servers)
        self._sweeper = Sweeper(self._servers, self._versions)
        self._preparing = threading.Lock()
        self._is_ready = False
        self.floods = FloodRule()
        self.problem: str | None = None
        self._wrong: WrongWarehouse | None = None
        opening = threading.Thread(target=self._begin, name="opening", daemon=True)
        opening.start()
        opening.join(patience)
        if opening.is_alive():
            self.problem = f"the ClickHouse servers of {address} do not answer"
        if self._wrong:
            self.close()
            raise self._wrong

    def _begin(self) -> None:
        try:
            self._prepare()
        except WarehouseUnavailable as error:
            self.problem = str(error)
            if isinstance(error, WrongWarehouse):
                self._wrong = error

    @property
    def place(self) -> str:
        """The name of the database, and what it is in."""
        return f"the ClickHouse database {self._address.database}"

    def generation(self) -> Generation:
        """Return which state of the data an answer would be of now, over all processes. Raises `WarehouseUnavailable`."""
        self._prepare()
        with self._noting(), self._servers.connection() as connection:
            state = read_state(connection)
        return Generation(state.version, state.corrections)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Yield a snapshot. Raises `WarehouseUnavailable`."""
        with self._read() as read:
            yield read

    def load(self, arrivals: Sequence[Arrival], *, inbox: str, through: int, now: float | None = None) -> None:
        """Add arrivals, and the mark, in one version; see `headcount.warehouse.Loading`."""
        damaged: list[str] = []
        with self._changing() as changing:
            try:
                if arrivals:
                    damaged = _loading.load(changing, arrivals, self._vocabulary, self.floods, now)
                _loading.mark(changing, inbox, through)
                changing.flush()
            except (ArithmeticError, LookupError, TypeError, ValueError) as error:
                raise Unloadable(type(error).__name__) from error
        for why, count in Counter(damaged).items():
            logger.error("damaged arrivals are left out: %d, %s", count, why)

    def mark(self, inbox: str) -> int:
        """Return the last row of ``inbox`` that was loaded; 0 where none was."""
        with self._read() as read:
            rows = read.query("SELECT through FROM marks WHERE inbox = $inbox", {"inbox": inbox})
        return int(rows[0][0]) if rows else 0

    def loaded_inboxes(self) -> list[str]:
        """Return the names of all inboxes of which something was loaded."""
        with self._read() as read:
            return sorted(str(name) for (name,) in read.query("SELECT inbox FROM marks", {}))

    def keep_time(self, now: float) -> int:
        """Set apart and bring back by the clock, so that a clock that was wrong does no lasting harm."""
        with self._read() as read:
            if not rule.is_time_due(read.data_until(), clock(read), now):
                return 0
        with self._changing() as changing:
            return _keeping.keep_time(changing, clock(changing.before), now, self.floods)

    def move(self, name: str, since: int, through: int, by: int) -> None:
        """Move what was received under a clock that was wrong; see `headcount.warehouse.Keeping`."""
        with self._changing() as changing:
            if fact(changing.before, "moved") != name:
                _keeping.move(changing, name, rule.Shift(since, through, by), self.floods)

    def holding(self, install: int) -> Holding:
        """Return what is held of an installation, by its pseudonym."""
        with self._read() as read:
            return _holdings.holding(read, install, _descriptions.describe)

    def heirs(self, stock: int) -> list[int]:
        """Return the pseudonyms with a secret that came with this stock pseudonym."""
        with self._read() as read:
            return _holdings.heirs(read, stock)

    def stock_half(self, install: int) -> int | None:
        """Return the stock pseudonym that is one installation with this one, None where there is none."""
        with self._read() as read:
            return _holdings.stock_half(read, install)

    def erase(self, installs: Sequence[int], until: int, receipt: str | None = None) -> None:
        """Take installations out of all answers; see `headcount.warehouse.Keeping`."""
        with self._changing() as changing:
            _keeping.erase(changing, installs, until, receipt, self.floods)

    def tombstones(self) -> dict[int, int]:
        """Return the installations that were erased, and up to when, Unix time."""
        with self._read() as read:
            return dict(read.query("SELECT install, until FROM tombstones", {}))

    def receipt(self, receipt: str) -> tuple[int, int | None] | None:
        """Return when an erasure left the answers and when the disk, Unix time; None where there is no such receipt."""
        with self._read() as read:
            rows = read.query("SELECT asked, disk FROM receipts WHERE receipt = $receipt", {"receipt": receipt})
        return (rows[0][0], rows[0][1] or None) if rows else None

    def oldest_erasure(self) -> int | None:
        """Return when the oldest erasure was asked for that is still on the disk, Unix time; None where there is none."""
        with self._read() as read:
            rows = read.query("SELECT asked FROM receipts WHERE disk = 0 ORDER BY asked LIMIT 1", {})
        return int(rows[0][0]) if rows else None

    def expire(self, before: date, ids_before: date) -> bool:
        """Take away the sightings from before a day's month, which are whole parts; see `headcount.warehouse.Keeping`."""
        month = before.replace(day=1)
        with self._read() as read:
            rows = read.query("SELECT day FROM sightings ORDER BY day LIMIT 1", {})
            ids = read.query("SELECT day FROM reports ORDER BY day LIMIT 1", {})
        if ids and ids[0][0] < ids_before:
            with self._changing() as changing:
                _reports.expire(changing, ids_before)
        if not rows or rows[0][0] >= month:
            return False
        with self._changing() as changing:
            _keeping.expire(changing, month, self.floods)
        return True

    def rewrite(self, now: float) -> None:
        """Go on with taking what was deleted off the disk, and note so on the receipts once it is; that takes some turns."""
        self._prepare()
        with self._noting():
            self._sweeper.turn(now, hurried=True)

    def compact(self, now: float) -> bool:
        """Go on with deleting what nothing sees any more, begun once an hour; return whether something was done."""
        self._prepare()
        with self._noting():
            return self._sweeper.turn(now, hurried=False)

    def rebuild(self) -> None:
        """Compute the derived tables again from the sightings and profiles."""
        with self._changing() as changing:
            _keeping.rebuild(changing, self.floods, self._progress)

    def was_published(self, week: str) -> bool:
        """Return whether a week (``2026-W47``), or a record by its name, was published, or may have been."""
        with self._read() as read:
            return is_published(read, week)

    def note_published(self, week: str) -> None:
        """Note that a week may have been published, or the records of a quarter."""
        with self._changing() as changing:
            _publications.note(changing, week)

    def publish(self, name: str, document: str, states: States | None = None) -> str:
        """Store what is published unless something is; see `headcount.warehouse.Keeping`."""
        with self._changing() as changing:
            return _publications.publish(changing, name, document, states)

    def take_over(self, tables: Mapping[str, Sequence[Cells]]) -> None:
        """Take rows of tables of another warehouse; see `headcount.warehouse.Keeping`."""
        with self._changing() as changing:
            take_over(changing, tables, self.floods)

    def forget_key(self) -> int:
        """Forget under which key the pseudonyms are: the next owner's holds. Return how many installations there are."""
        with self._changing() as changing:
            changing.corrects = True
            changing.note_facts({"key": None})
            ((count,),) = changing.before.query("SELECT count() FROM births", {})
        self._key = None
        return int(count)

    def freeze(self, name: str) -> list[str]:
        """Have each server keep what the tables hold now, as of one moment; see `_freezing.freeze`."""
        with self._changing():
            return freeze(self._servers, name)

    def examine(self, now: float) -> Iterator[Finding]:
        """Yield what the doctor says of it when it is ``now``, Unix time."""
        return examine(self._servers, now)

    def close(self) -> None:
        """Close all connections."""
        self._servers.close()

    @contextmanager
    def _read(self) -> Iterator[ClickHouseSnapshot]:
        self._prepare()
        with self._noting(), snapshot(self._servers) as read:
            yield read

    @contextmanager
    def _changing(self) -> Iterator[Change]:
        self._prepare()
        with self._noting(), change(self._servers, self._versions) as changing:
            yield changing

    @contextmanager
    def _noting(self) -> Iterator[None]:
        """Note in `problem` whether the servers can be used."""
        try:
            yield
        except WarehouseUnavailable as error:
            self.problem = str(error)
            raise
        self.problem = None

    def _prepare(self) -> None:
        """Have the tables, the key and the classes be there, once. Raises `WarehouseUnavailable`."""
        if self._is_ready:
            return
        if not self._preparing.acquire(blocking=self.problem is None):  # else all would wait for the time-outs of each
            raise WarehouseUnavailable(self.problem or "the warehouse is looked for at this moment")
        try:
            if not self._is_ready:
                opening = Opening(self.place, self._key, self._vocabulary)
                opening.open(self._servers, self._versions, self._may_create)
                self._is_ready = True
        finally:
            self._preparing.release()
