"""Answers of a warehouse, each shown again while the data are the same."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import count
from typing import NamedTuple

from cachetools import LRUCache

from headcount.questions import Answer, BadQuestion, Query, ask
from headcount.server._turns import Busy, Turns
from headcount.warehouse import Asking, Generation, WarehouseUnavailable

logger = logging.getLogger(__name__)

_SIZE = 500  # answers; they are small, and a page needs about ten
_CHEAP = 0.1  # seconds; an answer that took no longer is always of the newest data
_PATIENCE = 300  # times as long as an answer took, it is shown though reports came
_LONGEST = 600.0  # seconds for which an answer is shown though reports came, at most
_WANTED = 86_400.0  # seconds since an answer of a page was last asked for, within which it is computed ahead of time
_WANTED_BRIEFLY = (
    900.0  # the same for any other answer, under a condition or of another window, that was asked for twice
)
_PAUSE = 5.0  # seconds between two turns of that
_SHARE = 0.1  # of the time is spent on that at most
_SAVED = 60.0  # seconds for which unused time is saved up
_AT_ONCE = 2  # answers that are computed at once: more of them leave too little of two cores to reports
_WAITING = 24  # askers that wait for their turn


class _Key(NamedTuple):
    query: Query
    today: date


class _Entry(NamedTuple):
    """An answer, of which generation of the data it is, when it was computed and last asked for, by the clock.

    ``cost``: the shorter of the last two times that it took, in seconds, since the first is often longer; 0 after the
    first; ``last_cost``: the last of them; ``looks``: how often it was asked for; ``number``: see `NumberedAnswer`.
    """

    answer: Answer
    number: int
    data: int
    computed: float
    asked: float
    cost: float
    last_cost: float
    looks: int


class NumberedAnswer(NamedTuple):
    """An answer, and its number: no two that were computed since the start have the same."""

    answer: Answer
    number: int


class AnswerCache:
    """Asks a warehouse. ``now`` gives Unix time, ``clock`` seconds that only pass. Safe in any thread.

    On a large fleet reports come all the time: an answer that takes long is shown for some time though the data changed,
    and its `data_until` says so, or a page would be computed anew at each look. No correction of the data waits for that.

    Few answers are computed at once, and those that are computed ahead of time get a small share of it, whatever was asked.
    """

    def __init__(
        self, warehouse: Asking, now: Callable[[], float], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._warehouse = warehouse
        self._now = now
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: LRUCache[_Key, _Entry] = LRUCache(_SIZE)
        self._corrections = -1  # not known yet: a warehouse may be away at the start
        self._numbers = count()
        self._turns = Turns(_AT_ONCE, _WAITING, "questions")
        self._budget = _SHARE * _SAVED  # seconds that may be spent on answers ahead of time
        self._budgeted = clock()

    def ask(self, query: Query) -> Answer:
        """Return the answer to a query. Raises `BadQuestion`, `WarehouseUnavailable`, and `Busy` where too many ask."""
        return self.ask_numbered(query).answer

    def ask_numbered(self, query: Query, at: Generation | None = None) -> NumberedAnswer:
        """Return the answer to a query with its number. Raises what `ask` raises.

        ``at``: what `look` returned for whoever asks for several; an answer that is kept is looked at as of then.
        """
        key = _Key(query, self.today())
        start = self._clock()
        entry = self._looked_at(key, start, at)
        if entry is None:
            with self._turns.turn():
                entry = self._shown(key, start, self.look()) or self._compute(
                    key, start
                )  # whoever had the turn before may have asked the same
        return NumberedAnswer(entry.answer, entry.number)

    def look(self) -> Generation:
        """Return which state of the data answers are of now, and drop those of before a correction.

        Raises `WarehouseUnavailable` where nobody can say so now.
        """
        generation = self._warehouse.generation()
        with self._lock:
            if generation.corrections != self._corrections:
                self._entries.clear()
                self._corrections = generation.corrections
        return generation

    def numbers(self, queries: Iterable[Query]) -> list[int] | None:
        """Return the numbers of the answers to queries where all would be shown now as they are; None where one would not.

        Nothing is computed; that they are looked at counts as if they were asked for.
        """
        today, start, at = self.today(), self._clock(), self.look()
        entries = [self._looked_at(_Key(query, today), start, at) for query in queries]
        numbers = [entry.number for entry in entries if entry is not None]
        return numbers if len(numbers) == len(entries) else None

    def today(self) -> date:
        """Return the day of which answers are, in UTC."""
        return datetime.fromtimestamp(self._now(), UTC).date()

    def refresh(self) -> int:
        """Compute anew what is wanted and will not be shown much longer, as far as the budget goes; return how many answers.

        Wanted is an answer of a page that was asked for within a day, and any other that was asked for twice, within
        minutes; of them first what was asked for last.
        """
        start, today = self._clock(), self.today()
        generation = self.look()
        with self._lock:
            due = [
                (entry.asked, key)
                for key, entry in self._entries.items()
                if entry.data != generation.data
                and key.today == today
                and _is_wanted(key.query, entry, start)
                and _ends_soon(entry, start)
            ]
        refreshed = 0
        for asked, key in sorted(due, key=lambda each: each[0], reverse=True):
            if not self._within_budget():
                break
            began = self._clock()
            refreshed += self._refresh(key, asked)
            self._budget -= self._clock() - began
        return refreshed

    def _within_budget(self) -> bool:
        now = self._clock()
        self._budget = min(self._budget + _SHARE * (now - self._budgeted), _SHARE * _SAVED)
        self._budgeted = now
        return self._budget > 0

    def keep_fresh(self, stop: threading.Event) -> None:
        """`refresh` again and again until ``stop`` is set; while the warehouse is unavailable there is nothing to do."""
        while not stop.wait(_PAUSE):
            with suppress(WarehouseUnavailable, Busy):
                self.refresh()

    def _refresh(self, key: _Key, asked: float) -> bool:
        """Return whether the answer was computed; on failure its entry is dropped, so that the next asker sees the error."""
        try:
            with self._turns.turn(wait=False):
                self._compute(key, asked)
        except (WarehouseUnavailable, Busy):
            raise
        except Exception as error:  # noqa: BLE001  # the others are computed, whatever is wrong with one
            with self._lock:
                self._entries.pop(key, None)
            if not isinstance(error, BadQuestion):  # that comes with the data: "the present" may be over
                logger.error("an answer to %s could not be made anew: %s", key.query.question, type(error).__name__)  # noqa: TRY400
            return False
        return True

    def _looked_at(self, key: _Key, now: float, at: Generation | None) -> _Entry | None:
        """Return the entry that is shown without being computed anew, and note that it was asked for; None where none is."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries[key] = entry._replace(asked=now, looks=entry.looks + 1)
        return self._shown(key, now, at or self.look())

    def _compute(self, key: _Key, asked: float) -> _Entry:
        generation = self._warehouse.generation()
        start = self._clock()
        answer = ask(self._warehouse, key.query, today=key.today)
        end = self._clock()
        then = self._warehouse.generation()
        with self._lock:
            before = self._entries.get(key)
            cost = 0.0 if before is None else min(before.last_cost, end - start)
            looks = 1 if before is None else before.looks
            number = next(self._numbers)
            entry = _Entry(answer, number, generation.data, end, asked, cost, end - start, looks)
            if generation.corrections == then.corrections == self._corrections:
                self._entries[key] = entry
        return entry

    def _shown(self, key: _Key, now: float, at: Generation) -> _Entry | None:
        """Return the entry that is shown without being computed anew, when the data are as `look` said; None without one."""
        with self._lock:
            entry = self._entries.get(key) if at.corrections == self._corrections else None
        if entry is None:
            return None
        is_fresh = entry.data >= at.data or now - entry.computed < _patience(entry.cost)
        return entry if is_fresh else None


def _is_wanted(query: Query, entry: _Entry, now: float) -> bool:
    """Return whether an answer is computed ahead of time: there are few that pages ask for without being told more."""
    if query.where is None and query.since is None and query.until is None:
        return now - entry.asked < _WANTED
    return entry.looks > 1 and now - entry.asked < _WANTED_BRIEFLY


def _ends_soon(entry: _Entry, now: float) -> bool:
    """Return whether an answer, though the data changed, is shown not much longer, or not since it was computed but once."""
    if entry.cost == 0:
        return entry.last_cost > _CHEAP
    return now - entry.computed > _patience(entry.cost) / 2 > 0


def _patience(cost: float) -> float:
    """Return for how many seconds an answer of this cost is shown though reports came."""
    return 0.0 if cost <= _CHEAP else min(_LONGEST, _PATIENCE * cost)
