"""The warehouse in the process: one DuckDB file with one owner."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from headcount.contract import Arrival, Vocabulary, vocabulary
from headcount.warehouse import _holdings
from headcount.warehouse._errors import Unloadable, WarehouseUnavailable
from headcount.warehouse._floods import FloodRule
from headcount.warehouse._port import Cells, Finding, Generation, Holding, Progress, Snapshot, silent
from headcount.warehouse._publications import States, is_published
from headcount.warehouse.duckdb import _clock, _copies, _erasure, _publications
from headcount.warehouse.duckdb._arrivals import arrive
from headcount.warehouse.duckdb._class_table import follow
from headcount.warehouse.duckdb._descriptions import describe
from headcount.warehouse.duckdb._examination import examine
from headcount.warehouse.duckdb._file import DuckFile
from headcount.warehouse.duckdb._key import check_key, forget_key
from headcount.warehouse.duckdb._migrations import judge_anew
from headcount.warehouse.duckdb._quarantine import rebuild, set_apart, set_apart_again
from headcount.warehouse.duckdb._scripts import derive_from_batch
from headcount.warehouse.duckdb._snapshot import DuckSnapshot
from headcount.warehouse.duckdb._takeover import take_over

logger = logging.getLogger(__name__)


class DuckWarehouse:
    """A `headcount.warehouse.Warehouse` in a DuckDB file (or, for tests, ``:memory:``).

    Loads come one at a time, beside questions. While the file cannot be used `problem` says why, what is asked raises
    `WarehouseUnavailable`, and each load tries to open it again.
    """

    def __init__(
        self,
        path: Path | str,
        key: str | None = None,
        *,
        threads: int | None = None,
        may_create: Callable[[], bool] = lambda: True,
        known: Vocabulary | None = None,
        progress: Progress = silent,
    ) -> None:
        """Open the file, make it where there is none and ``may_create`` returns true, and bring it up to date.

        ``key``: the fingerprint of the pseudonym key; a warehouse keeps that of its first. ``threads``: of DuckDB's own.
        ``known``: the vocabulary; that of the package unless given; ``progress`` is told of what takes long. Raises
        `WarehouseInUse` where another process has the file, and `OtherKey` where it is of another key.
        """
        self._path = path
        self._key = key
        self._vocabulary = known or vocabulary()
        self._progress = progress
        self._loading = threading.Lock()
        self._generation = Generation(0, 0)
        self._not_compacted = 0  # bytes of the file when it could not be compacted
        self.floods = FloodRule()
        self.file = DuckFile(path, self._prepare, self._follow, threads, may_create=may_create)

    @property
    def problem(self) -> str | None:
        """Why the warehouse cannot be used now; None where it can."""
        return self.file.problem

    @property
    def place(self) -> str:
        """The name of the file."""
        return Path(self._path).name

    def generation(self) -> Generation:
        """Return which state of the data an answer would be of now: the file has one owner, who counts."""
        return self._generation

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Yield a snapshot; safe in any thread. Raises `WarehouseUnavailable`."""
        with self.file.transaction() as cursor:
            yield DuckSnapshot(cursor)

    def load(self, arrivals: Sequence[Arrival], *, inbox: str, through: int, now: float | None = None) -> None:
        """Add arrivals, and the mark, in one transaction; see `headcount.warehouse.Loading`."""
        try:
            damaged = self._load(arrivals, inbox, through, now, careful=False)
        except Unloadable:
            damaged = self._load(arrivals, inbox, through, now, careful=True)
        for why, count in Counter(damaged).items():
            logger.error("damaged arrivals are left out: %d, %s", count, why)

    def _load(
        self, arrivals: Sequence[Arrival], inbox: str, through: int, now: float | None, *, careful: bool
    ) -> list[str]:
        """Load in one transaction; return of each arrival that is damaged in words why. Raises `Unloadable`."""
        damaged: list[str] = []
        with self._changing(corrects=False) as cursor:
            if arrivals:
                damaged, withdraws = arrive(cursor, arrivals, self._vocabulary, now, careful=careful)
                derive_from_batch(cursor)
                (set_apart_again if withdraws else set_apart)(cursor, self.floods)
            cursor.execute("DELETE FROM marks WHERE inbox = $inbox", {"inbox": inbox})
            cursor.execute("INSERT INTO marks VALUES ($inbox, $through)", {"inbox": inbox, "through": through})
        return damaged

    def mark(self, inbox: str) -> int:
        """Return the last row of ``inbox`` that was loaded; 0 where none was."""
        with self._loading:
            self._reopen()
        with self.file.transaction() as cursor:
            row = cursor.execute("SELECT through FROM marks WHERE inbox = ?", [inbox]).fetchone()
        return 0 if row is None else int(row[0])

    def loaded_inboxes(self) -> list[str]:
        """Return the names of all inboxes of which something was loaded."""
        with self.file.transaction() as cursor:
            return sorted(str(name) for (name,) in cursor.execute("SELECT inbox FROM marks").fetchall())

    def keep_time(self, now: float) -> int:
        """Set apart and bring back by the clock, so that a clock that was wrong does no lasting harm."""
        with self.snapshot() as snapshot:
            if not _clock.is_due(snapshot, now):
                return 0
        with self._loading:
            self._reopen()
            with self.file.transaction() as cursor:
                moved = _clock.keep_time(cursor, now)
                if moved:
                    set_apart_again(cursor, self.floods)
            self._count_change(corrects=moved > 0)
        return moved

    def move(self, name: str, since: int, through: int, by: int) -> None:
        """Move what was received under a clock that was wrong; see `headcount.warehouse.Keeping`."""
        with self._changing() as cursor:
            if _clock.move(cursor, name, since, through, by):
                set_apart_again(cursor, self.floods)

    def holding(self, install: int) -> Holding:
        """Return what is held of an installation, by its pseudonym."""
        with self.snapshot() as snapshot:
            return _holdings.holding(snapshot, install, describe)

    def heirs(self, stock: int) -> list[int]:
        """Return the pseudonyms with a secret that came with this stock pseudonym."""
        with self.snapshot() as snapshot:
            return _holdings.heirs(snapshot, stock)

    def stock_half(self, install: int) -> int | None:
        """Return the stock pseudonym that is one installation with this one, None where there is none."""
        with self.snapshot() as snapshot:
            return _holdings.stock_half(snapshot, install)

    def erase(self, installs: Sequence[int], until: int, receipt: str | None = None) -> None:
        """Take installations out of all answers; see `headcount.warehouse.Keeping`."""
        with self._changing() as cursor:
            _erasure.erase(cursor, installs, until)
            set_apart_again(cursor, self.floods)
            if receipt is not None:
                cursor.execute("INSERT INTO receipts VALUES (?, ?, NULL)", [receipt, until])

    def tombstones(self) -> dict[int, int]:
        """Return the installations that were erased, and up to when, Unix time."""
        with self.snapshot() as snapshot:
            return dict(snapshot.query("SELECT install, until FROM tombstones", {}))

    def receipt(self, receipt: str) -> tuple[int, int | None] | None:
        """Return when an erasure left the answers and when the disk, Unix time; None where there is no such receipt."""
        with self.snapshot() as snapshot:
            rows = snapshot.query("SELECT asked, disk FROM receipts WHERE receipt = $receipt", {"receipt": receipt})
        return (rows[0][0], rows[0][1]) if rows else None

    def oldest_erasure(self) -> int | None:
        """Return when the oldest erasure was asked for that is still on the disk, Unix time; None where there is none."""
        with self.snapshot() as snapshot:
            ((asked,),) = snapshot.query("SELECT min(asked) FROM receipts WHERE disk IS NULL", {})
        return None if asked is None else int(asked)

    def rewrite(self, now: float) -> None:
        """Take what was deleted off the disk, and note so on the receipts."""
        with self._loading:
            self._rewrite(now)
            with self.file.transaction() as cursor:
                cursor.execute("UPDATE receipts SET disk = ? WHERE disk IS NULL", [int(now)])

    def compact(self, now: float) -> bool:
        """Rewrite the file where it grew by `_copies.GROWTH`, at most once a day; return whether it was done.

        What is loaded lies in the order in which it came, and leaves the room of what it replaces: it takes several times
        as much as in a rewritten file. Without room for a second file the first is left as it is; where a rewrite fails
        for another reason, it is tried again once the file grew again.
        """
        with self._loading:
            if self.problem is not None or not _copies.is_due(self.file, now, self._not_compacted):
                return False
            try:
                self._rewrite(now)
            except (OSError, WarehouseUnavailable) as error:
                self._not_compacted = Path(self._path).stat().st_size
                logger.warning("the warehouse could not be compacted; it is as it was: %s", type(error).__name__)
                return False
        return True

    def _rewrite(self, now: float) -> None:
        _copies.rewrite(self.file)
        size = Path(self._path).stat().st_size
        with self.file.transaction() as cursor:
            cursor.execute("DELETE FROM facts WHERE name LIKE 'rewritten%'")
            cursor.execute("INSERT INTO facts VALUES ('rewritten', ?), ('rewritten at', ?)", [str(size), str(int(now))])

    def expire(self, before: date, ids_before: date) -> bool:
        """Take away the sightings from before a day, and ids of reports; see `headcount.warehouse.Keeping`."""
        with self.snapshot() as snapshot:
            oldest, oldest_id = _erasure.oldest(snapshot)
        if oldest_id is not None and oldest_id < ids_before:
            with self._changing() as cursor:
                cursor.execute("DELETE FROM reports WHERE day < ?", [ids_before])
        if oldest is None or oldest >= before:
            return False
        with self._changing() as cursor:
            _erasure.expire(cursor, before)
            set_apart_again(cursor, self.floods)
        return True

    def rebuild(self) -> None:
        """Compute the derived tables again from the sightings and profiles."""
        with self._changing() as cursor:
            rebuild(cursor, self.floods)

    def was_published(self, week: str) -> bool:
        """Return whether a week (``2026-W47``), or a record by its name, was published, or may have been."""
        with self.snapshot() as snapshot:
            return is_published(snapshot, week)

    def note_published(self, week: str) -> None:
        """Note that a week may have been published, or the records of a quarter."""
        with self._changing() as cursor:
            _publications.note_published(cursor, week)

    def publish(self, name: str, document: str, states: States | None = None) -> str:
        """Store what is published unless something is; see `headcount.warehouse.Keeping`."""
        with self._changing() as cursor:
            return _publications.publish(cursor, name, document, states)

    def take_over(self, tables: Mapping[str, Sequence[Cells]]) -> None:
        """Take rows of tables of another warehouse; see `headcount.warehouse.Keeping`."""
        with self._changing() as cursor:
            take_over(cursor, tables, self.floods)

    def backup(self, target: Path, companions: Mapping[str, bytes] | None = None) -> None:
        """Write all that is in the warehouse to a file; see `headcount.warehouse.Keeping`."""
        with self._loading:
            _copies.copy_to(self.file, target, companions)

    def forget_key(self) -> int:
        """Forget the fingerprint of the key: whoever opens the warehouse next writes down the key that is there then."""
        with self._changing() as cursor:
            return forget_key(cursor)

    def examine(self, now: float) -> Iterator[Finding]:
        """Return what the doctor says of it when it is ``now``, Unix time."""
        return examine(self, now)

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    @contextmanager
    def _changing(self, *, corrects: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a cursor in a transaction that changes the data; one at a time. ``corrects``: not only by a load."""
        with self._loading:
            self._reopen()
            with self.file.transaction() as cursor:
                yield cursor
            self.file.check_in_place()
            self._count_change(corrects=corrects)

    def _reopen(self) -> None:
        if self.file.reopen():
            self._count_change(corrects=True)  # it may be another file

    def _count_change(self, *, corrects: bool) -> None:
        """Count a change that is committed. The lock of loads must be held, or another change's count would be lost."""
        data, corrections = self._generation
        self._generation = Generation(data + 1, corrections + corrects)

    def _follow(self, db: duckdb.DuckDBPyConnection, migrated: Sequence[int]) -> None:
        judge_anew(db, migrated, self.floods, self._progress)

    def _prepare(self, db: duckdb.DuckDBPyConnection) -> None:
        check_key(db, self._key, self._path)
        follow(db, self._vocabulary)
