"""Group commit: reports that arrive together are made durable together, by one thread and one ``fsync``."""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from headcount.ingest._arrival import Arrival
from headcount.ingest._inbox import Inbox
from headcount.ingest._meters import Meters

logger = logging.getLogger(__name__)

_GROUP = 2_000  # arrivals in one transaction at most
_QUEUE = 20_000  # entries that may wait; what comes beyond is refused
_AGAIN = 1.0  # seconds until what could not be written is tried again
_SILENCE = 60.0  # seconds between two lines about the same trouble


class Busy(Exception):
    """The inbox cannot take the report now; it may be sent again later."""


class _Entry(NamedTuple):
    arrival: Arrival
    done: Callable[[Exception | None], None] | None


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
        self._queue: queue.Queue[_Entry | None] = queue.Queue(limit)
        self._thread = threading.Thread(target=self._run, name="inbox-writer", daemon=True)
        self._thread.start()

    async def write(self, arrival: Arrival) -> None:
        """Return once the arrival is durable. Raises `Busy` where it is not."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()

        def done(error: Exception | None) -> None:
            loop.call_soon_threadsafe(_settle, future, error)

        if not self._put(_Entry(arrival, done)):
            raise Busy
        await future

    def write_soon(self, arrival: Arrival) -> bool:
        """Write without waiting, for senders that cannot retry; False where the queue is full."""
        put = self._put(_Entry(arrival, None))
        self.lost += not put
        return put

    def stop(self) -> None:
        """Write what waits, and end the thread."""
        self._queue.put(None)
        self._thread.join()

    def _put(self, entry: _Entry) -> bool:
        try:
            self._queue.put_nowait(entry)
        except queue.Full:
            return False
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
        error: Exception | None = None
        start = time.perf_counter()
        try:
            self._inbox.append([*self._kept, *(entry.arrival for entry in group)])
        except (sqlite3.Error, ValueError, OSError) as cause:
            self._say(str(cause))
            self._keep([entry.arrival for entry in group if entry.done is None])
            error = Busy()
        else:
            self._kept = []
        self.failing = error is not None
        self._meters.commit(time.perf_counter() - start)
        for entry in group:
            if entry.done is not None:
                entry.done(error)

    def _keep(self, arrivals: list[Arrival]) -> None:
        room = max(0, self._limit - len(self._kept))
        self._kept += arrivals[:room]
        self.lost += len(arrivals[room:])

    def _say(self, reason: str) -> None:
        now = time.monotonic()
        if now - self._said >= _SILENCE:
            self._said = now
            logger.error("the inbox could not be written: %s", reason)


def _settle(future: asyncio.Future[None], error: Exception | None) -> None:
    if future.cancelled():  # the sender went away; its report is kept all the same
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
