"""The warehouse in the process: one DuckDB file with one owner."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import duckdb

from headcount.contract import Arrival, vocabulary
from headcount.warehouse._port import Cells, Parameters, Snapshot
from headcount.warehouse.duckdb import _clock, _copies, _erasure, _publications
from headcount.warehouse.duckdb._arrivals import DAMAGED, arrive, script
from headcount.warehouse.duckdb._erasure import Held
from headcount.warehouse.duckdb._export import export
from headcount.warehouse.duckdb._file import DuckFile
from headcount.warehouse.duckdb._publications import States
from headcount.warehouse.duckdb._quarantine import FloodRule, set_apart, set_apart_again

logger = logging.getLogger(__name__)


class _DuckSnapshot:
    once = True  # the loader adds no row that is held

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def query(self, sql: str, parameters: Parameters) -> list[Cells]:
        used = {name: value for name, value in parameters.items() if f"${name}" in sql}
        return self._cursor.execute(sql, used).fetchall()

    def data_until(self) -> int | None:
        last = self._cursor.execute("SELECT max(last) FROM latest").fetchone()
        return None if last is None else last[0]


class DuckWarehouse:
    """A DuckDB file (or, for tests, ``:memory:``). Loads come one at a time; questions run beside them.

    Where the file cannot be read or written, `problem` says why, what is asked raises `WarehouseClosed`, and each load tries
    to open it again.
    """

    def __init__(self, path: Path | str, key: str | None = None) -> None:
        """Open the file, make it where there is none, and bring its tables up to date.

        ``key``: the fingerprint of the pseudonym key; a warehouse keeps that of its first. Raises `WarehouseInUse` where
        another process has the file; ValueError where it is no warehouse, a newer one's, or one of another key.
        """
        self._path = path
        self._key = key
        self._vocabulary = vocabulary()
        self._loading = threading.Lock()
        self.version = 0
        """Grows with each change of the data; answers may be kept while it stays."""
        self.corrections = 0
        """Grows with each change that is no load: an erasure, a rebuild. No answer from before may be shown after one."""
        self._not_compacted = 0  # bytes of the file when it could not be
        self.floods = FloodRule()
        """How many newcomers are believed on a day; taken up by the next load."""
        self.file = DuckFile(path, self._check_key)

    @property
    def problem(self) -> str | None:
        """Why the warehouse cannot be used now; None where it can."""
        return self.file.problem

    def load(self, arrivals: Sequence[Arrival], *, inbox: str, through: int, now: float | None = None) -> None:
        """Add arrivals in one transaction; see `headcount.warehouse.Warehouse`."""
        load = partial(self._load, arrivals, inbox, through, now)
        try:
            load(careful=False)
        except DAMAGED:
            load(careful=True)

    def _load(self, arrivals: Sequence[Arrival], inbox: str, through: int, now: float | None, *, careful: bool) -> None:
        with self.changing(corrects=False) as cursor:
            if arrivals:
                arrive(cursor, arrivals, self._vocabulary, now, careful=careful)
                for name in ("load", "derive", "kin"):
                    cursor.execute(script(name))
                set_apart(cursor, self.floods)
            cursor.execute("DELETE FROM marks WHERE inbox = $inbox", {"inbox": inbox})
            cursor.execute("INSERT INTO marks VALUES ($inbox, $through)", {"inbox": inbox, "through": through})

    def keep_time(self, now: float) -> int:
        """Set apart what is later than ``now``, and bring back what a clock that stepped on has passed; how many sightings.

        A clock that is wrong, and is put right again, so does no lasting harm.
        """
        if not _clock.is_due(self, now):
            return 0
        with self._loading:
            self._reopen()
            with self.file.transaction() as cursor:
                moved = _clock.keep(cursor, now)
            self._changed(corrects=moved > 0)
        return moved

    def rebuild(self) -> None:
        """Make the derived tables again from the sightings and profiles."""
        with self.changing() as cursor:
            for name in ("rebuild", "again", "kin"):
                cursor.execute(script(name))
            set_apart_again(cursor, self.floods)

    def held(self, install: int) -> Held:
        """What is held of an installation, by its pseudonym."""
        with self.snapshot() as snapshot:
            return _erasure.held(snapshot, install)

    def heirs(self, stock: int) -> list[int]:
        """The pseudonyms with a secret that came with this stock pseudonym."""
        with self.snapshot() as snapshot:
            found = snapshot.query(
                "SELECT install FROM origins WHERE stock = $stock ORDER BY install", {"stock": stock}
            )
        return [int(str(install)) for (install,) in found]

    def erase(self, installs: Sequence[int], until: int, receipt: str | None = None) -> None:
        """Take installations out of all answers; what was received of them up to ``until``, Unix time, stays out.

        Profiles that nobody has any more go too. ``receipt`` is kept, until `rewrite` has taken the rest off the disk.
        """
        with self.changing() as cursor:
            _erasure.erase(cursor, installs, until)
            set_apart_again(cursor, self.floods)
            if receipt is not None:
                cursor.execute("INSERT INTO receipts VALUES (?, ?, NULL)", [receipt, until])

    def tombstones(self) -> dict[int, int]:
        """The installations that were erased, and up to when, Unix time."""
        with self.snapshot() as snapshot:
            rows = snapshot.query("SELECT install, until FROM tombstones", {})
        return {int(str(install)): int(str(until)) for install, until in rows}

    def receipt(self, receipt: str) -> tuple[int, int | None] | None:
        """When an erasure left the answers and when the disk, Unix time; None where there is no such receipt."""
        with self.snapshot() as snapshot:
            rows = snapshot.query("SELECT asked, disk FROM receipts WHERE receipt = $receipt", {"receipt": receipt})
        return None if not rows else (int(str(rows[0][0])), None if rows[0][1] is None else int(str(rows[0][1])))

    def oldest_erasure(self) -> int | None:
        """When the oldest erasure was asked for that is still on the disk, Unix time; None where there is none."""
        with self.snapshot() as snapshot:
            ((asked,),) = snapshot.query("SELECT min(asked) FROM receipts WHERE disk IS NULL", {})
        return None if asked is None else int(str(asked))

    def rewrite(self, now: float) -> None:
        """Take what was deleted off the disk, and note on the receipts that it is."""
        with self._loading:
            self._rewrite(now)
            with self.file.transaction() as cursor:
                cursor.execute("UPDATE receipts SET disk = ? WHERE disk IS NULL", [int(now)])

    def compact(self, now: float) -> bool:
        """Rewrite the file where it grew by `_copies.GROWTH` since that was done; whether it was done.

        At most once a day.

        What is loaded lies in the order in which it came, and leaves the room of what it replaces: it takes several times as
        much as in a rewritten file. Where there is no room for a second one it is left as it is; where it cannot be done
        otherwise, until it grew again.
        """
        with self._loading:
            if self.problem is not None or not _copies.is_due(self.file, now, self._not_compacted):
                return False
            try:
                self._rewrite(now)
            except (OSError, duckdb.Error) as error:
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

    def expire(self, before: date, now: float) -> bool:
        """Take away the sightings from before a day; whether there were any. The counts of those days remain.

        With them, and without, the ids of reports go that are older than `REPORT_DAYS` when it is ``now``, Unix time.
        """
        with self.snapshot() as snapshot:
            ((oldest,),) = snapshot.query("SELECT min(day) FROM sightings", {})
            ids_are_due = _erasure.ids_are_due(snapshot, now)
        if ids_are_due:
            with self.changing() as cursor:
                _erasure.expire_ids(cursor, now)
        if oldest is None or str(oldest) >= before.isoformat():
            return False
        with self.changing() as cursor:
            _erasure.expire(cursor, before)
            set_apart_again(cursor, self.floods)
        return True

    def was_published(self, week: str) -> bool:
        """Whether a week (``2026-W47``) was published, or may have been."""
        with self.snapshot() as snapshot:
            return _publications.is_noted(snapshot, week)

    def note_published(self, week: str, states: States | None = None) -> None:
        """Note that a week is published, or may have been; ``states``: of whom its tables were computed, if they were."""
        with self.changing() as cursor:
            _publications.note(cursor, week, states)

    def backup(self, target: Path, beside: Mapping[str, bytes] | None = None) -> None:
        """Write all that is in the warehouse to a file, as of one moment; questions go on meanwhile.

        ``beside``: files, by name, that go with it.
        """
        with self._loading:
            _copies.copy_to(self.file, target, beside)

    def mark(self, inbox: str) -> int:
        """The last row of ``inbox`` that was loaded; 0 where none was."""
        with self._loading:
            self._reopen()
        with self.file.transaction() as cursor:
            found = cursor.execute("SELECT through FROM marks WHERE inbox = ?", [inbox]).fetchone()
        return 0 if found is None else int(found[0])

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """A snapshot to ask; safe in any thread. Raises `WarehouseClosed`."""
        with self.file.transaction() as cursor:
            yield _DuckSnapshot(cursor)

    @contextmanager
    def changing(self, *, corrects: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
        """A transaction that changes the data; one at a time. ``corrects``: not only by a load. Raises `WarehouseClosed`."""
        with self._loading:
            self._reopen()
            with self.file.transaction() as cursor:
                yield cursor
            self._changed(corrects=corrects)

    def _reopen(self) -> None:
        if self.file.reopen():
            self._changed(corrects=True)  # it may be another file

    def _changed(self, *, corrects: bool) -> None:
        """Count a change that is committed. The lock of loads must be held, or another one's count would be lost."""
        self.corrections += corrects
        self.version += 1

    def export(self, directory: Path) -> dict[str, int]:
        """Write an export into a directory; return how many rows each file has."""
        with self.file.transaction() as cursor:
            return export(cursor, directory)

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def _check_key(self, db: duckdb.DuckDBPyConnection) -> None:
        if self._key is None:
            return
        found = db.execute("SELECT value FROM facts WHERE name = 'key'").fetchone()
        if found is None:
            db.execute("INSERT INTO facts VALUES ('key', ?)", [self._key])
        elif found[0] != self._key:
            raise ValueError(
                f"{self._path} was made with another pseudonym key: put the original back, or every installation will be "
                "a new one"
            )
