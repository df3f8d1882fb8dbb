"""What is known of the collector while it serves, for the top of every page."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from starlette.requests import Request

from headcount.dashboard import SiteState
from headcount.server.data.opened import OpenData
from headcount.server.data.simulation import Origin
from headcount.warehouse import WarehouseUnavailable

logger = logging.getLogger(__name__)

_SECONDS = 2.0  # for which what was found is not looked for again
_LONG = 48 * 3600  # seconds without a report


class SiteWatch:
    """Knows the state of the site. Safe in any thread.

    The mark of a simulation and the newest report are looked for again after two seconds at the soonest; of a warehouse in
    which nothing changed, the newest report is not looked for.
    """

    def __init__(self, data: OpenData, address: Callable[[], str], clock: Callable[[], float] = time.monotonic) -> None:
        """``address``: returns where others reach the server now; ``clock`` gives seconds that only pass."""
        self._data = data
        self._address = address
        self._clock = clock
        self._lock = threading.Lock()
        self._origin: tuple[float, Origin] | None = None  # when it was looked for, and what was found
        self._newest: tuple[float, int, int | None] | None = None  # likewise, with the generation of the data

    def public_state(self) -> SiteState:
        """Return what anybody may know. It is at hand: the event loop need not wait for it."""
        origin = self._found_origin()
        return SiteState(
            address=self._address(), is_simulated=origin is not Origin.REAL, has_real=origin is Origin.MIXED
        )

    def state(self) -> SiteState:
        """Return what maintainers are to know. It may ask the warehouse."""
        try:
            newest = self._found_newest()
            failing = self._data.loader.failing
        except (WarehouseUnavailable, sqlite3.Error, OSError) as error:
            logger.info("it is not known when the newest report came: %s", type(error).__name__)
            return replace(self.public_state(), is_failing=True)
        is_stale = newest is not None and self._data.now() - newest > _LONG
        return replace(
            self.public_state(),
            is_empty=newest is None,
            stale_since=datetime.fromtimestamp(newest, UTC).strftime("%Y-%m-%d %H:%M") if newest and is_stale else "",
            is_failing=failing,
        )

    def _found_origin(self) -> Origin:
        now = self._clock()
        with self._lock:
            if self._origin is None or now - self._origin[0] >= _SECONDS:
                try:
                    self._origin = now, self._data.simulation.origin()
                except OSError as error:
                    logger.info("the mark of a simulation cannot be read: %s", error.strerror)
                    return Origin.REAL if self._origin is None else self._origin[1]
            return self._origin[1]

    def _found_newest(self) -> int | None:
        now, generation = self._clock(), self._data.warehouse.generation().data
        with self._lock:
            held = self._newest
        if held is not None:
            looked, of, newest = held
            if of == generation or (newest is not None and now - looked < _SECONDS):
                return newest
        with self._data.warehouse.snapshot() as snapshot:
            newest = snapshot.data_until()
        with self._lock:
            self._newest = now, generation, newest
        return newest


def public_state(request: Request) -> SiteState:
    """Return what anybody may know of the site that answers a request."""
    watch = _watch(request)
    return SiteState() if watch is None else watch.public_state()


def full_state(request: Request) -> SiteState:
    """Return what maintainers are to know of the site that answers a request. It may ask the warehouse."""
    watch = _watch(request)
    return SiteState() if watch is None else watch.state()


def _watch(request: Request) -> SiteWatch | None:
    """Return the watch of the application, where it has one: one of health checks alone has none."""
    watch: SiteWatch | None = getattr(request.app.state, "watch", None)
    return watch
