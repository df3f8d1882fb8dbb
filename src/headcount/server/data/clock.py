"""The clock of a data directory: what time it is, for all who work on it, and what may go by its age.

A clock is not believed at once; `headcount.server.data.reckoning` says what is instead. The file ``clock`` holds what is
known, so that it holds over restarts, and so that all processes on a directory have one time.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from headcount._disk import write_durably
from headcount.contract import vocabulary
from headcount.server.data.reckoning import TOLERANCE, Look, Move, Reckoning

logger = logging.getLogger(__name__)

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_SAVED = 3_600.0  # seconds between two notes of the time
_SHARED = 1.0  # seconds between two looks at whether another process noted something


def seconds_passed() -> float:
    """Return the seconds since the machine was booted, also those for which it slept; no change of the time changes them."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def vocabulary_time() -> float:
    """Return the Unix time of the day on which the vocabulary was made: a clock that is before it is not right."""
    year, month, day = (int(part) for part in vocabulary().version.split(".")[:3])
    return datetime(year, month, day, tzinfo=UTC).timestamp()


class Clock:
    """Called, it returns the time that is believed, Unix time. Safe in any thread.

    ``wall``: the machine's clock, Unix time; ``passed``: seconds that only pass.
    """

    def __init__(
        self,
        path: Path,
        wall: Callable[[], float] = time.time,
        passed: Callable[[], float] = seconds_passed,
        earliest: float | None = None,
    ) -> None:
        """``path``: the file; it need not be there. ``earliest``: before it no clock is right; else `vocabulary_time`."""
        self._path = path
        self._wall = wall
        self._passed = passed
        self._boot = _boot_name()
        self._earliest = vocabulary_time() if earliest is None else earliest
        self._lock = threading.Lock()  # held for moments only: the event loop waits for it
        self._keeping = threading.Lock()  # held while a file is written
        self._saving = False
        self._saved: Reckoning | None = None
        self._version: tuple[int, int] | None = None  # of the file, when it was read or written
        self._failing = False
        self._shared = passed()
        self._reckoning = self._read() or Reckoning.begin(self._look(), self._earliest)
        self._offset: float | None = None  # of the clock to the seconds that pass, where it is believed
        self._take_look()

    def __call__(self) -> float:
        """Return the time that is believed."""
        clock, passed = self._wall(), self._passed()
        offset = self._offset
        if offset is not None and abs(clock - passed - offset) < TOLERANCE and passed - self._shared < _SHARED:
            return clock
        return self.reckoning().time

    def reckoning(self) -> Reckoning:
        """Look at the clock, and return what is known then."""
        with self._lock:
            self._take_look()
            return self._reckoning

    def expiry(self, days: int) -> date | None:
        """Return the first UTC day of which nothing is too old that may be held for so many days; None where nothing may go.

        See `Reckoning.expiry`.
        """
        before = self.reckoning().expiry(days)
        return None if before is None else datetime.fromtimestamp(before, UTC).date()

    def keep(self, newest: Callable[[], float | None], move: Callable[[Move], object]) -> None:
        """Note the time where it is due, and have moved what is to be. Raises what the two raise.

        ``newest``: returns when the newest report came, Unix time, or None.
        """
        if self.reckoning().age is None:
            came = newest()
            with self._lock:
                self._reckoning = self._reckoning.with_data(came)
        with self._lock:
            pending = self._reckoning.moves
            is_news = self._is_news()
        if is_news:
            self._save()
        for each in pending:
            move(each)
            with self._lock:
                moves = tuple(other for other in self._reckoning.moves if other != each)
                self._reckoning = replace(self._reckoning, moves=moves)
            self._save()

    def _look(self) -> Look:
        return Look(self._wall(), self._passed(), self._boot)

    def _take_look(self) -> None:
        look = self._look()
        if look.passed - self._shared >= _SHARED:
            self._shared = look.passed
            if not self._saving and self._file_version() != self._version:
                self._reckoning = self._read() or self._reckoning
        self._reckoning = self._reckoning.after(look, self._earliest)
        self._offset = None if self._reckoning.doubt is not None else look.clock - look.passed

    def _is_news(self) -> bool:
        """Return whether something is to be noted: hourly, and where more than the time changed."""
        now, saved = self._reckoning, self._saved
        if saved is None or now.look.boot != saved.look.boot or now.look.passed - saved.look.passed >= _SAVED:
            return True
        parts = ("stepped", "doubt", "booted", "turn", "moves")
        return (now.age is None) != (saved.age is None) or any(
            getattr(now, part) != getattr(saved, part) for part in parts
        )

    def _save(self) -> None:
        """Write down what is known. A disk that is full or read-only stops nobody: it is tried again at the next turn."""
        with self._keeping:
            with self._lock:
                known, self._saving = self._reckoning, True
            try:
                write_durably(self._path, json.dumps(known.to_json()).encode())
                version = self._file_version()
            except OSError as error:
                if not self._failing:
                    logger.warning("the time cannot be noted; it is tried again: %s", error.strerror)
                self._failing = True
            else:
                self._failing = False
                with self._lock:
                    self._saved, self._version = known, version
            finally:
                with self._lock:
                    self._saving = False

    def _read(self) -> Reckoning | None:
        """Return what the file holds; None where there is none, or it is damaged."""
        self._version = self._file_version()
        if self._version is None:
            return None
        try:
            return Reckoning.from_json(json.loads(self._path.read_bytes()))
        except (OSError, ValueError, KeyError, TypeError) as error:
            logger.error("%s cannot be read: the clock is looked at anew: %s", self._path, type(error).__name__)  # noqa: TRY400
            return None

    def _file_version(self) -> tuple[int, int] | None:
        try:
            state = self._path.stat()
        except OSError:
            return None
        return state.st_mtime_ns, state.st_ino


def _boot_name() -> str:
    """Return a name that each boot of the machine has anew; empty where there is none, and `seconds_passed` tells alone."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""
