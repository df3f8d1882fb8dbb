"""Group commit: reports that arrive together are made durable together, by one thread and one ``fsync``."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from headcount.contract import Arrival
from headcount.ingest._inbox import Inbox
from headcount.ingest._meters import Meters

logger = logging.getLogger(__name__)

_GROUP = 2_000  # arrivals in one transaction at most
_QUEUE = 20_000  # entries that may wait; further ones are refused
HELD = 1_000_000
"""Arrivals that an inbox may hold, unless a writer is told otherwise; further ones are refused."""

_AGAIN = (
    1.0  # seconds before arrivals that could not be written are tried again, and before a full inbox is looked at again
)
_SILENCE = 60.0  # seconds between two lines in the log about failures


class _Entry(NamedTuple):
    arrival: Arrival
    done: Callable[[bool], None] | None = None
    loop: asyncio.AbstractEventLoop | None = None


class Writer:
    """Writes to an inbox from one thread of its own; `stop` writes what still waits.

    Where a group cannot be written, senders that wait are told so and send again. Reports of stock, whose
    senders do not wait, stay in memory up to a limit, and are tried again. While the inbox holds as much as it may,
    since nothing is loaded from it, what comes is refused.
    """

    def __init__(self, inbox: Inbox, limit: int = _QUEUE, meters: Meters | None = None, held: int = HELD) -> None:
        """Start the thread; ``limit`` entries may wait for it, and about ``held`` arrivals in the inbox."""
        self.failing = False
        """Whether the last group could not be made durable."""
        self.lost = 0
        """How many reports of stock were lost, since the queue, or the memory for unwritten ones, was full."""
        self._inbox = inbox
        self._meters = Meters() if meters is None else meters
        self._limit = limit
        self.held = held
        self._backlog = 0  # arrivals in the inbox when it was last looked at, at most
        self._unwritten: list[Arrival] = []
        self._logged_at = -_SILENCE
        self._lock = threading.Lock()
        self._waiting: list[_Entry] = []
        self._gathering: asyncio.AbstractEventLoop | None = None  # the loop whose turn is not over
        self._stopping = False
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="inbox-writer", daemon=True)
        self._thread.start()

    @property
    def full(self) -> bool:
        """Whether the inbox holds as much as it may."""
        return self._backlog >= self.held

    def write(self, arrival: Arrival, done: Callable[[bool], None]) -> bool:
        """Write an arrival, and call ``done`` in the running event loop with whether it is durable.

        Returns False where the queue or the inbox is full; then ``done`` is not called.
        """
        loop = asyncio.get_running_loop()
        return self._put(_Entry(arrival, done, loop), loop)

    def write_soon(self, arrival: Arrival) -> bool:
        """Write an arrival whose sender does not wait. Returns False where there is no room, and counts it as lost."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        put = self._put(_Entry(arrival), loop)
        self.lost += not put
        return put

    def stop(self) -> None:
        """Write what still waits, and end the thread."""
        self._stopping = True
        self._ready.set()
        self._thread.join()

    def _put(self, entry: _Entry, loop: asyncio.AbstractEventLoop | None) -> bool:
        with self._lock:
            if self.full or len(self._waiting) >= self._limit:
                return False
            self._waiting.append(entry)
        if loop is None:
            self._ready.set()
        elif self._gathering is not loop:
            # All that one turn of the event loop reads is one group: else its first arrival would go to the disk alone.
            self._gathering = loop
            loop.call_soon(self._end_gathering)
        return True

    def _end_gathering(self) -> None:
        self._gathering = None
        self._ready.set()

    def _run(self) -> None:
        last = False
        self._look()
        while not last:
            self._ready.wait(_AGAIN if self._unwritten or self.full else None)
            self._ready.clear()
            last = self._stopping
            group = self._next_group()
            if group or self._unwritten:
                self._commit(group)
            elif self.full:
                self._look()
        while group := self._next_group():
            self._commit(group)

    def _look(self) -> None:
        """Count what the inbox holds; where it cannot be read, what was counted last holds."""
        was_full = self.full
        with contextlib.suppress(sqlite3.Error, OSError):
            self._backlog = self._inbox.backlog()
        if self.full and not was_full:
            logger.error("the inbox is full: reports are refused until some of the %d in it are loaded", self._backlog)

    def _next_group(self) -> list[_Entry]:
        """Remove the next group from the queue and return it; empty where nothing waits."""
        with self._lock:
            group, self._waiting = self._waiting[:_GROUP], self._waiting[_GROUP:]
            if self._waiting:
                self._ready.set()
        return group

    def _commit(self, group: list[_Entry]) -> None:
        durable = False
        start = time.perf_counter()
        try:
            self._inbox.append([*self._unwritten, *(entry.arrival for entry in group)])
        except (sqlite3.Error, ValueError, OSError) as cause:
            self._log(str(cause))
            self._retain([entry.arrival for entry in group if entry.done is None])
        else:
            self._unwritten = []
            durable = True
            self._look()
        self.failing = not durable
        self._meters.commit(time.perf_counter() - start)
        waiting = [(entry.loop, entry.done) for entry in group if entry.loop is not None and entry.done is not None]
        for loop, pairs in groupby(waiting, itemgetter(0)):
            _notify(loop, [done for _, done in pairs], durable)

    def _retain(self, arrivals: list[Arrival]) -> None:
        room = max(0, self._limit - len(self._unwritten))
        self._unwritten += arrivals[:room]
        self.lost += len(arrivals[room:])

    def _log(self, reason: str) -> None:
        now = time.monotonic()
        if now - self._logged_at >= _SILENCE:
            self._logged_at = now
            logger.error("the inbox could not be written: %s", reason)


def _notify(loop: asyncio.AbstractEventLoop, waiting: list[Callable[[bool], None]], durable: bool) -> None:
    """Wake the event loop once for all callbacks that wait in it."""

    def notify() -> None:
        for done in waiting:
            _call(done, durable)

    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(notify)


def _call(done: Callable[[bool], None], durable: bool) -> None:
    try:
        done(durable)
    except Exception as error:  # noqa: BLE001  # the callbacks behind it are called in any case
        # The message might hold what was sent; the type cannot.
        logger.error("a sender could not be told: %s", type(error).__name__)  # noqa: TRY400
