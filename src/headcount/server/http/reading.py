"""Whether a connection is read: not while others have their turn, nor while what came of it waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from headcount.server.http.limits import ConnectionLimits


class Reading:
    """Pauses and resumes the reading of a connection."""

    def __init__(self, transport: asyncio.Transport, limits: ConnectionLimits) -> None:
        self._transport = transport
        self._limits = limits
        self._reads = True
        self._resting = False

    def rest(self, then: Callable[[], None]) -> None:
        """Let others have their turn, and call ``then`` after it."""
        if not self._resting:
            self._resting = True
            self._limits.rest(partial(self._end_rest, then))

    def go_on(self, may: bool) -> None:
        """Read, where this connection may and is not at rest; else read no further."""
        reads = may and not self._resting
        if reads is self._reads or self._transport.is_closing():
            return
        self._reads = reads
        if reads:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    def _end_rest(self, then: Callable[[], None]) -> None:
        self._resting = False
        then()
