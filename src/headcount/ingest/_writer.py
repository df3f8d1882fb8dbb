"""Group commit: reports that arrive together are made durable together, by one thread and one ``fsync``."""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from typing import NamedTuple

from headcount.ingest._arrival import Arrival
from headcount.ingest._inbox import Inbox

logger = logging.getLogger(__name__)

_GROUP = 2_000  # arrivals in one transaction at most
_QUEUE = 20_000  # entries that may wait; what comes beyond is refused


class Busy(Exception):
    """The inbox cannot take the report now; it may be sent again later."""


class _Entry(NamedTuple):
    arrival: Arrival
    done: Callable[[Exception | None], None] | None


class Writer:
    """Writes to an inbox from one thread of its own. ``stop`` writes what still waits."""

    def __init__(self, inbox: Inbox, limit: int = _QUEUE) -> None:
        """Start the thread; ``limit`` entries may wait."""
        self._inbox = inbox
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
        return self._put(_Entry(arrival, None))

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
        while (first := self._queue.get()) is not None:
            group = [first]
            last = False
            while len(group) < _GROUP:
                try:
                    entry = self._queue.get_nowait()
                except queue.Empty:
                    break
                if entry is None:
                    last = True
                    break
                group.append(entry)
            self._commit(group)
            if last:
                return

    def _commit(self, group: list[_Entry]) -> None:
        error: Exception | None = None
        try:
            self._inbox.append([entry.arrival for entry in group])
        except sqlite3.Error as cause:
            logger.error("the inbox could not be written: %s", cause)  # noqa: TRY400  # the reason, not our stack
            error = Busy()
        for entry in group:
            if entry.done is not None:
                entry.done(error)


def _settle(future: asyncio.Future[None], error: Exception | None) -> None:
    if future.cancelled():  # the sender went away; its report is kept all the same
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
