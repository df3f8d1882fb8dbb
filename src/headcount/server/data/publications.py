"""The publications of a data directory: a file for each week, written once and never again."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Container
from datetime import UTC, datetime
from pathlib import Path

from headcount._disk import write_durably
from headcount.questions import NotPublished, Publication, compute, week_before
from headcount.warehouse import Asking, Warehouse, published, published_names, published_states

logger = logging.getLogger(__name__)

_WEEK = re.compile(r"\d{4}-W\d{2}")
_SETTLED = 3600  # seconds after the end of a week, by which its last reports are loaded


class Withheld(Exception):
    """This week may already have been published with other figures, so it is not computed again."""


class Publications:
    """The publications in a directory, to which one process adds. ``now`` gives Unix time. Safe in any thread."""

    def __init__(self, directory: Path, now: Callable[[], float]) -> None:
        """A directory that is not there holds no publication."""
        self._directory = directory
        self._now = now
        self._adding = threading.Lock()
        self._files: dict[str, Publication] = {}

    def weeks(self) -> list[str]:
        """Return the weeks that were published, up to the last one that is over, the newest first."""
        if not self._directory.is_dir():
            return []
        last = self.due()
        weeks = (
            path.stem for path in self._directory.iterdir() if path.suffix == ".json" and _WEEK.fullmatch(path.stem)
        )
        return sorted((week for week in weeks if week <= last), reverse=True)

    def due(self) -> str:
        """Return the week that is to be published now."""
        return week_before(datetime.fromtimestamp(self._now() - _SETTLED, UTC).date())

    def get(self, week: str | None = None) -> Publication:
        """Return the publication of a week, or the newest. Raises `NotPublished`."""
        weeks = self.weeks()
        if week is not None:
            if week not in weeks:
                raise NotPublished(f"there is no publication of {week!r}: there are {', '.join(weeks[:5]) or 'none'}")
            weeks = [week]
        for name in weeks:
            publication = self._load(name)
            if publication is not None:
                return publication
        raise NotPublished("nothing is published yet")

    def publish(self, warehouse: Warehouse, k: int, settle: Callable[[], object]) -> tuple[Publication, bool]:
        """Return the publication that is due, and whether it was computed now: what was published is not computed again.

        Where several processes compute it at once, what one of them stores in the warehouse is the publication of all.
        ``settle`` loads all reports that wait. Raises `TooFew`; `Withheld` where that week may have been published, and
        nothing is stored of it; ValueError where the file cannot be read; and what ``settle`` raises.
        """
        with self._adding:
            week = self.due()
            if not self._path(week).exists():
                self._fetch(warehouse, week)
            if self._path(week).exists():
                publication = self._load(week)
                if publication is None:
                    raise ValueError(
                        f"{self._path(week)} is damaged: put it back from a backup, or wait for the next week"
                    )
                return publication, False
            settle()
            if warehouse.was_published(week):
                raise Withheld(
                    f"{week} was published before, or may have been, and its file is not there: the next week is"
                )
            older = (found for each in self.weeks() if each < week and (found := self._load(each)))
            before = next(older, None)
            with warehouse.snapshot() as snapshot:
                then = None if before is None else published_states(snapshot, before.computed)
                publication, states = compute(snapshot, week=week, k=k, before=before, then=then)
            computed = publication.to_json()
            stored = warehouse.publish(week, computed, states)
            self._store(week, stored)
            return Publication.from_json(stored), stored == computed

    def follow(self, warehouse: Asking) -> None:
        """Fetch what other processes published. Raises `WarehouseUnavailable` or OSError."""
        with self._adding:
            with warehouse.snapshot() as snapshot:
                names = published_names(snapshot)
            for name in names:
                if _WEEK.fullmatch(name) and not self._path(name).exists():
                    self._fetch(warehouse, name)

    def _fetch(self, warehouse: Asking, week: str) -> None:
        with warehouse.snapshot() as snapshot:
            stored = published(snapshot, week)
        if stored is not None:
            self._store(week, stored)

    def withhold(self, warehouse: Warehouse, restored: Container[str]) -> None:
        """Let a warehouse never compute the week that is due: it may have been published before a restore.

        Where its file is here, or among those that are ``restored``, by names in the data directory, that is what counts.
        """
        path = self._path(self.due())
        if not path.exists() and f"{self._directory.name}/{path.name}" not in restored:
            warehouse.note_published(path.stem)

    def _path(self, week: str) -> Path:
        return self._directory / f"{week}.json"

    def _load(self, week: str) -> Publication | None:
        if week not in self._files:
            try:
                self._files[week] = Publication.from_json(self._path(week).read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                logger.error("the publication of %s cannot be read: %s", week, error)  # noqa: TRY400  # no trace of use
                return None
        return self._files[week]

    def _store(self, week: str, document: str) -> None:
        self._directory.mkdir(mode=0o700, exist_ok=True)
        write_durably(self._path(week), document.encode())
