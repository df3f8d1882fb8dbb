"""Publications as they are kept: a file for each week in the data directory, written once and never again."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from headcount._disk import write_durably
from headcount.questions import NotPublished, Publication, TooFew, compute, week_before
from headcount.server.background import background
from headcount.warehouse import Loader, Warehouse, published_states

logger = logging.getLogger(__name__)

_FILE = re.compile(r"\d{4}-W\d{2}\.json")
_SETTLED = 3600  # seconds after the end of a week, by which its last reports are loaded


class Withheld(Exception):
    """The week is not published here, since it may have been before, with other figures."""


class Publications:
    """The publications in a directory. ``now`` gives Unix time. Safe in any thread; one process at a time adds to it."""

    def __init__(self, directory: Path, now: Callable[[], float]) -> None:
        """A directory that is not there holds none."""
        self._directory = directory
        self._now = now
        self._adding = threading.Lock()
        self._read: dict[str, Publication] = {}

    def weeks(self) -> list[str]:
        """The weeks that were published, up to the last one that is over, the newest first."""
        if not self._directory.is_dir():
            return []
        last = self.due()
        weeks = (path.stem for path in self._directory.iterdir() if _FILE.fullmatch(path.name))
        return sorted((week for week in weeks if week <= last), reverse=True)

    def due(self) -> str:
        """The week that is to be published now."""
        return week_before(datetime.fromtimestamp(self._now() - _SETTLED, UTC).date())

    def get(self, week: str | None = None) -> Publication:
        """The publication of a week, or the newest. Raises `NotPublished`."""
        weeks = self.weeks()
        if week is not None:
            if week not in weeks:
                raise NotPublished(f"there is no publication of {week!r}: there are {', '.join(weeks[:5]) or 'none'}")
            weeks = [week]
        for name in weeks:
            found = self._load(name)
            if found is not None:
                return found
        raise NotPublished("nothing is published yet")

    def publish(self, warehouse: Warehouse, k: int, settle: Callable[[], None]) -> tuple[Publication, bool]:
        """The publication that is due, and whether it was computed now; what was published once is not computed again.

        ``settle`` sees to it that all reports that wait are loaded. Raises `TooFew`; `Withheld` where that week was, or may
        have been, published, and its file is gone; ValueError where the file cannot be read; and what ``settle`` raises.
        """
        with self._adding:
            week = self.due()
            if self._path(week).exists():
                kept = self._load(week)
                if kept is None:
                    raise ValueError(
                        f"{self._path(week)} is damaged: put it back from a backup, or wait for the next week"
                    )
                return kept, False
            settle()
            if warehouse.was_published(week):
                raise Withheld(
                    f"{week} was published before, or may have been, and its file is not there: the next week is"
                )
            older = (found for each in self.weeks() if each < week and (found := self._load(each)))
            before = next(older, None)
            with warehouse.snapshot() as snapshot:
                then = None if before is None else published_states(snapshot, before.computed)
                made, states = compute(snapshot, week=week, k=k, before=before, then=then)
            self._keep(made)
            warehouse.note_published(week, states)
            return made, True

    def withhold(self, warehouse: Warehouse) -> None:
        """Never compute the week that is due, where it is not here: it may have been published before this was restored."""
        week = self.due()
        if not self._path(week).exists():
            warehouse.note_published(week)

    def _path(self, week: str) -> Path:
        return self._directory / f"{week}.json"

    def _load(self, week: str) -> Publication | None:
        if week not in self._read:
            try:
                self._read[week] = Publication.from_json(self._path(week).read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                logger.error("the publication of %s cannot be read: %s", week, error)  # noqa: TRY400  # no trace of use
                return None
        return self._read[week]

    def _keep(self, made: Publication) -> None:
        self._directory.mkdir(mode=0o700, exist_ok=True)
        write_durably(self._path(made.week), made.to_json().encode())


_PAUSE = 1.0  # seconds between two looks at the calendar
_PATIENCE = 60.0  # seconds after which is tried again what could not be published


def settled(loader: Loader) -> None:
    """See to it that all reports that wait are loaded. Raises TimeoutError where they cannot be."""
    try:
        loader.load()
    except Exception as error:
        raise TimeoutError("there are reports that wait and cannot be loaded") from error


@contextmanager
def publishing(
    publications: Publications, warehouse: Warehouse, k: int, settle: Callable[[], None], pause: float = _PAUSE
) -> Iterator[None]:
    """While the context lasts, publish each week once it is over. The calendar is looked at every ``pause`` seconds."""

    def run(stop: threading.Event) -> None:
        done, wait = "", pause
        while not stop.wait(wait):
            wait = pause
            if publications.due() == done:
                continue
            try:
                done = publications.publish(warehouse, k, settle)[0].week
            except (TooFew, TimeoutError, Withheld):
                wait = _PATIENCE
            except Exception:
                logger.exception("the week could not be published; it is tried again")
                wait = _PATIENCE

    with background("publisher", run):
        yield
