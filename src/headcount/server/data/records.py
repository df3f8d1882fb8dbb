"""The records of `drop` in a data directory: a file for each that was released, written once and never again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from headcount._disk import write_durably
from headcount.questions import (
    NotPublished,
    NotReleased,
    Query,
    Record,
    compute_record,
    due_quarter,
    plain,
    quarter_name,
    quarter_of,
    record_name,
    subjects,
)
from headcount.server._turns import Turns
from headcount.warehouse import Asking, Warehouse, published, published_names

logger = logging.getLogger(__name__)

MOST, SAME = 12, 3
"""So many records are released of a quarter at most, and so many of them about the same class, version or value: what
several tell together of one installation is bounded by it."""

_SETTLED = 3600  # seconds after the end of a quarter, by which its last reports are loaded
_WAITING = 4  # threads that wait to release a record


class Records:
    """The records in a directory. ``now`` gives Unix time. Safe in any thread."""

    def __init__(self, directory: Path, now: Callable[[], float]) -> None:
        """A directory that is not there holds no record."""
        self._directory = directory
        self._now = now
        self._files: dict[str, Record] = {}

    def due(self) -> date:
        """Return the end of the quarter that records are of now."""
        return due_quarter(datetime.fromtimestamp(self._now() - _SETTLED, UTC).date())

    def names(self) -> list[str]:
        """Return the names of the records, up to those of the last quarter that is over: the newest quarter first."""
        if not self._directory.is_dir():
            return []
        last = quarter_name(self.due())
        quarters = {path.stem: quarter_of(path.stem) for path in self._directory.glob("*.json")}
        names = [name for name, quarter in quarters.items() if quarter is not None and quarter <= last]
        return sorted(sorted(names), key=lambda name: str(quarters[name]), reverse=True)

    def get(self, name: str) -> Record:
        """Return a record. Raises `NotPublished` where there is none, or it cannot be read."""
        record = self._load(name) if name in self.names() else None
        if record is None:
            raise NotPublished(f"there is no record {name!r}: /public/records lists those that there are")
        return record

    def listed(self) -> list[Record]:
        """Return all records that can be read, those of the newest quarter first."""
        return [record for name in self.names() if (record := self._load(name)) is not None]

    def path(self, name: str) -> Path:
        """Return where a record of a name lies."""
        return self._directory / f"{name}.json"

    def keep(self, name: str, document: str) -> None:
        """Write a record, as JSON. Raises OSError."""
        self._directory.mkdir(mode=0o700, exist_ok=True)
        write_durably(self.path(name), document.encode())

    def follow(self, warehouse: Asking) -> None:
        """Fetch what was released and is not here, as other processes do. Raises `WarehouseUnavailable` or OSError."""
        with warehouse.snapshot() as snapshot:
            for name in published_names(snapshot):
                document = published(snapshot, name) if quarter_of(name) and not self.path(name).exists() else None
                if document is not None:
                    self.keep(name, document)

    def withhold(self, warehouse: Warehouse) -> None:
        """Let a warehouse never compute records of the quarter that is due: they may have been released before a restore.

        Where it holds reports of after the quarter's end, it computes them as it did.
        """
        with warehouse.snapshot() as snapshot:
            newest = snapshot.data_until()
        if newest is None or datetime.fromtimestamp(newest, UTC).date() <= self.due():
            warehouse.note_published(quarter_name(self.due()))

    def _load(self, name: str) -> Record | None:
        if name not in self._files:
            try:
                self._files[name] = Record.from_json(self.path(name).read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                logger.error("the record %s cannot be read: %s", name, error)  # noqa: TRY400  # no trace of use
                return None
        return self._files[name]


class Releases:
    """Releases records, each once: where processes release one at once, what the first stores is that of all.

    Safe in any thread.
    """

    def __init__(self, records: Records, warehouse: Warehouse, settle: Callable[[], object]) -> None:
        """``settle`` loads the reports that wait."""
        self._records = records
        self._warehouse = warehouse
        self._settle = settle
        self._turns = Turns(1, _WAITING, "records")

    def release(self, query: Query, k: int) -> Record:
        """Return the record of what a query asks at the end of the last quarter: the one that is kept, or a new one.

        Raises `BadQuestion` where that is no question of which there are records, or its condition is wrong; `NotReleased`
        where there is to be none; `Busy`, and what ``settle`` and the warehouse raise.
        """
        where = recorded(query)
        until = self._records.due()
        name, quarter = record_name(plain(where), until), quarter_name(until)
        with self._turns.turn():
            self._records.follow(self._warehouse)
            if self._records.path(name).exists():
                return self._kept(name)
            others = [record for record in self._records.listed() if record.quarter == quarter]
            _refuse_many(where, quarter, others)
            self._settle()
            self._refuse_again(name, quarter)
            with self._warehouse.snapshot() as snapshot:
                record = compute_record(snapshot, where, until=until, k=k, others=others)
            self._records.keep(name, self._warehouse.publish(name, record.to_json()))
        return self._kept(name)

    def _refuse_again(self, name: str, quarter: str) -> None:
        if self._warehouse.was_published(name):
            raise NotReleased(
                f"the record {name} was released before, and its file is not there: `headcount restore` of a backup puts it "
                "back"
            )
        if self._warehouse.was_published(quarter):
            raise NotReleased(
                f"records of {quarter} may have been released before a restore, of reports that are lost, and with other "
                "figures: those of the next quarter are released when it is over"
            )

    def _kept(self, name: str) -> Record:
        try:
            return self._records.get(name)
        except NotPublished:
            raise NotReleased(
                f"the record {name} is damaged, and is not computed again: `headcount restore` of a backup puts it back"
            ) from None


def _refuse_many(where: str, quarter: str, others: Sequence[Record]) -> None:
    later = (
        "since many together would tell of single installations: those of the next quarter are released when it is over"
    )
    if len(others) >= MOST:
        raise NotReleased(f"{MOST} records of {quarter} are released, which are the most, {later}")
    for subject in sorted(subjects(where)):
        same = [other.name for other in others if subject in subjects(other.condition)]
        if len(same) >= SAME:
            raise NotReleased(
                f"of `{subject}` there are {SAME} records of {quarter} ({', '.join(same)}), which are the most, {later}"
            )


def private_query(query: Query) -> Query:
    """Return a query whose answer can be written as a record with true counts. Raises `NotReleased` for any other."""
    if query.question != "drop" or query.by not in (None, "summary"):
        raise NotReleased(
            "markdown is the format of the record of a decision alone: ask drop, with no by, such as "
            "headcount ask drop --where 'plugin = CVS' --format markdown"
        )
    if query.where is None:
        raise NotReleased("a record is of a condition: give one with where, such as 'plugin = CVS'")
    return query


def asked_for(query: Query, *, private: bool) -> dict[str, str]:
    """Return the parameters of a record that was asked for, for the log of questions."""
    return {**query.to_text(), "format": "markdown", **({"private": "true"} if private else {})}


def recorded(query: Query) -> str:
    """Return the condition of a query that asks for a record. Raises `NotReleased` for any other."""
    where = private_query(query).where or ""
    given = query.to_text()
    given.pop("where", None)
    given.pop("by", None)
    if given:
        raise NotReleased(
            f"a record is of confirmed installations at the end of the last quarter: leave out {min(given)}, or ask with "
            "private for true counts, which are not for publication"
        )
    return where
