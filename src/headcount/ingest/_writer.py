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
_QUEUE = 20_000  # entries that may wait; what comes beyond is refused
_AGAIN = 1.0  # seconds until what could not be written is tried again
_SILENCE = 60.0  # seconds between two lines about the same trouble


class _Entry(NamedTuple):
    arrival: Arrival
    done: Callable[[bool], None] | None = None
    loop: asyncio.AbstractEventLoop | None = None


class Writer:
    """Writes to an inbox from one thread of its own. ``stop`` writes what still waits.

    What could not be written, and has a sender who waits, is the sender's to send again. What has none, a report of stock,
    is kept in memory, within a bound, and tried again.
    """

    def __init__(self, inbox: Inbox, limit: int = _QUEUE, meters: Meters | None = None) -> None:
        """Start the thread; ``limit`` entries may wait."""
        self.failing = False
        """Whether the last group could not be made durable."""
        self.lost = 0
        """How many reports of stock found no place in the inbox, the queue or memory."""
        self._inbox = inbox
        self._meters = Meters() if meters is None else meters
        self._limit = limit
        self._kept: list[Arrival] = []
        self._said = -_SILENCE
        self._lock = threading.Lock()
        self._waiting: list[_Entry] = []
        self._gathering: asyncio.AbstractEventLoop | None = None  # whose turn is not over
        self._stopping = False
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="inbox-writer", daemon=True)
        self._thread.start()

    def write(self, arrival: Arrival, done: Callable[[bool], None]) -> bool:
        """Write, and tell in the running event loop whether the arrival is durable; False where the queue is full."""
        loop = asyncio.get_running_loop()
        return self._put(_Entry(arrival, done, loop), loop)

    def write_soon(self, arrival: Arrival) -> bool:
        """Write without waiting, for senders that cannot retry; False where the queue is full."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        put = self._put(_Entry(arrival), loop)
        self.lost += not put
        return put

    def stop(self) -> None:
        """Write what waits, and end the thread."""
        self._stopping = True
        self._ready.set()
        self._thread.join()

    def _put(self, entry: _Entry, loop: asyncio.AbstractEventLoop | None) -> bool:
        with self._lock:
            if len(self._waiting) >= self._limit:
                return False
            self._waiting.append(entry)
        if loop is None:
            self._ready.set()
        elif self._gathering is not loop:
            # What one turn of the event loop reads is one group: else the first of it would go to the disk alone.
            self._gathering = loop
            loop.call_soon(self._gathered)
        return True

    def _gathered(self) -> None:
        self._gathering = None
        self._ready.set()

    def _run(self) -> None:
        last = False
        while not last:
            self._ready.wait(_AGAIN if self._kept else None)
            self._ready.clear()
            last = self._stopping
            group = self._take()
            if group or self._kept:
                self._commit(group)
        while group := self._take():
            self._commit(group)

    def _take(self) -> list[_Entry]:
        """What waits, up to a group."""
        with self._lock:
            group, self._waiting = self._waiting[:_GROUP], self._waiting[_GROUP:]
            if self._waiting:
                self._ready.set()
        return group

    def _commit(self, group: list[_Entry]) -> None:
        durable = False
        start = time.perf_counter()
        try:
            self._inbox.append([*self._kept, *(entry.arrival for entry in group)])
        except (sqlite3.Error, ValueError, OSError) as cause:
            self._say(str(cause))
            self._keep([entry.arrival for entry in group if entry.done is None])
        else:
            self._kept = []
            durable = True
        self.failing = not durable
        self._meters.commit(time.perf_counter() - start)
        told = [(entry.loop, entry.done) for entry in group if entry.loop is not None and entry.done is not None]
        for loop, waiting in groupby(told, itemgetter(0)):
            _tell(loop, [done for _, done in waiting], durable)

    def _keep(self, arrivals: list[Arrival]) -> None:
        room = max(0, self._limit - len(self._kept))
        self._kept += arrivals[:room]
        self.lost += len(arrivals[room:])

    def _say(self, reason: str) -> None:
        now = time.monotonic()
        if now - self._said >= _SILENCE:
            self._said = now
            logger.error("the inbox could not be written: %s", reason)


def _tell(loop: asyncio.AbstractEventLoop, waiting: list[Callable[[bool], None]], durable: bool) -> None:
    """Wake the event loop once for all who wait in it."""

    def tell() -> None:
        for done in waiting:
            _call(done, durable)

    with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits any more
        loop.call_soon_threadsafe(tell)


def _call(done: Callable[[bool], None], durable: bool) -> None:
    try:
        done(durable)
    except Exception as error:  # noqa: BLE001  # whoever waits behind is told in any case
        # The message might hold what was sent; the type cannot.
        logger.error("a sender could not be told: %s", type(error).__name__)  # noqa: TRY400
