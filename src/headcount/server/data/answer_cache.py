"""Answers to requests: parameters in text are read and checked, and answers are kept until the data changes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import NamedTuple

from headcount.questions import Answer, BadQuestion, Query, ask
from headcount.warehouse import DuckWarehouse, WarehouseClosed

logger = logging.getLogger(__name__)

_KEPT = 500  # answers; they are small, and a page needs about ten
_CHEAP = 0.1  # seconds; an answer that took no longer is always of the newest data
_PATIENCE = 300  # times as long as it takes to make, an answer is shown though reports came
_LONGEST = 600.0  # seconds that it is at most
_WANTED = 86_400.0  # seconds since an answer was last looked at, within which it is made anew ahead of time
_PAUSE = 5.0  # seconds between two turns of that


class _Key(NamedTuple):
    query: Query
    today: date


class _Kept(NamedTuple):
    """``took``: the shorter of the last two times that it took, since the first is often longer; 0 after the first."""

    answer: Answer
    version: int
    made: float
    asked: float
    took: float
    took_now: float


class Answers:
    """Asks a warehouse. ``now`` gives Unix time, ``clock`` seconds that only pass. Safe in any thread.

    While the data is the same an answer is kept. On a large fleet reports come all the time: there an answer that takes long
    is shown for some time more, and its `data_until` says so, or a page would be made anew at each look. No correction of
    the data waits for that.
    """

    def __init__(
        self, warehouse: DuckWarehouse, now: Callable[[], float], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._warehouse = warehouse
        self._now = now
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[_Key, _Kept] = {}
        self._corrections = warehouse.corrections

    def ask(self, query: Query) -> Answer:
        """Return the answer to a query. Raises `BadQuestion`."""
        key = _Key(query, self._today())
        start = self._clock()
        with self._lock:
            self._drop_what_was_corrected()
            version = self._warehouse.version
            kept = self._kept.get(key)
            if kept is not None:
                self._kept[key] = kept._replace(asked=start)
        if kept is not None and (kept.version == version or start - kept.made < _patience(kept.took)):
            return kept.answer
        return self._make(key, start)

    def refresh(self) -> int:
        """Make anew what was looked at within a day and will not be shown much longer, so that nobody waits; how many."""
        start, today, version = self._clock(), self._today(), self._warehouse.version
        with self._lock:
            self._drop_what_was_corrected()
            due = [
                (key, kept.asked)
                for key, kept in self._kept.items()
                if kept.version != version
                and key.today == today
                and start - kept.asked < _WANTED
                and start - kept.made > _patience(kept.took) / 2 > 0
            ]
        return sum(self._make_anew(key, asked) for key, asked in due)

    def keep_fresh(self, stop: threading.Event) -> None:
        """`refresh` again and again until ``stop`` is set; while the warehouse is closed there is nothing to do."""
        while not stop.wait(_PAUSE):
            with suppress(WarehouseClosed):
                self.refresh()

    def _make_anew(self, key: _Key, asked: float) -> bool:
        """Make an answer that nobody waits for; whether it could be made. Where not, whoever asks is told."""
        try:
            self._make(key, asked)
        except WarehouseClosed:
            raise
        except Exception as error:  # noqa: BLE001  # the others are made anew, whatever is wrong with one
            with self._lock:
                self._kept.pop(key, None)
            if not isinstance(error, BadQuestion):  # that comes with the data: "the present" may be over
                logger.error("an answer to %s could not be made anew: %s", key.query.question, type(error).__name__)  # noqa: TRY400
            return False
        return True

    def _make(self, key: _Key, asked: float) -> Answer:
        corrections, version = self._warehouse.corrections, self._warehouse.version
        start = self._clock()
        answer = ask(self._warehouse, key.query, today=key.today)
        made = self._clock()
        with self._lock:
            if corrections == self._warehouse.corrections == self._corrections:
                kept = self._kept.get(key)
                took = 0.0 if kept is None else min(kept.took_now, made - start)
                self._kept[key] = _Kept(answer, version, made, asked, took, made - start)
        return answer

    def _drop_what_was_corrected(self) -> None:
        if self._warehouse.corrections != self._corrections or len(self._kept) >= _KEPT:
            self._kept.clear()
            self._corrections = self._warehouse.corrections

    def _today(self) -> date:
        return datetime.fromtimestamp(self._now(), UTC).date()


def _patience(took: float) -> float:
    return 0.0 if took <= _CHEAP else min(_LONGEST, _PATIENCE * took)
