"""Group commit: reports that arrive together are made durable together, by one thread and one ``fsync``."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from itertools import groupby
from typing import NamedTuple

from headcount.ingest._arrival import Arrival
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
        self._queue: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="inbox-writer", daemon=True)
        self._thread.start()

    def write(self, arrival: Arrival, done: Callable[[bool], None]) -> bool:
        """Write, and tell in the running event loop whether the arrival is durable; False where the queue is full."""
        return self._put(_Entry(arrival, done, asyncio.get_running_loop()))

    def write_soon(self, arrival: Arrival) -> bool:
        """Write without waiting, for senders that cannot retry; False where the queue is full."""
        put = self._put(_Entry(arrival))
        self.lost += not put
        return put

    def stop(self) -> None:
        """Write what waits, and end the thread."""
        self._queue.put(None)
        self._thread.join()

    def _put(self, entry: _Entry) -> bool:
        if self._queue.qsize() >= self._limit:
            return False
        self._queue.put(entry)
        return True

    def _run(self) -> None:
        last = False
        while not last:
            group, last = self._gather()
            if group or self._kept:
                self._commit(group)

    def _gather(self) -> tuple[list[_Entry], bool]:
        """What waits, up to a group; and whether it is the last one."""
        group: list[_Entry] = []
        try:
            entry = self._queue.get(timeout=_AGAIN if self._kept else None)
            while entry is not None:
                group.append(entry)
                if len(group) >= _GROUP:
                    return group, False
                entry = self._queue.get_nowait()
        except queue.Empty:
            return group, False
        return group, True

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
        for loop, entries in groupby([entry for entry in group if entry.loop is not None], _loop_of):
            if loop is not None:
                _tell(loop, [entry.done for entry in entries if entry.done is not None], durable)

    def _keep(self, arrivals: list[Arrival]) -> None:
        room = max(0, self._limit - len(self._kept))
        self._kept += arrivals[:room]
        self.lost += len(arrivals[room:])

    def _say(self, reason: str) -> None:
        now = time.monotonic()
        if now - self._said >= _SILENCE:
            self._said = now
            logger.error("the inbox could not be written: %s", reason)


def _loop_of(entry: _Entry) -> asyncio.AbstractEventLoop | None:
    return entry.loop


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
