"""The loader: moves what waits in the inboxes into the warehouse."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from headcount.warehouse._port import Arrival, Warehouse

logger = logging.getLogger(__name__)

BATCH = 20_000
"""Arrivals in one load at most."""


class Waiting(Arrival, Protocol):
    """An arrival in an inbox, under its row."""

    @property
    def row(self) -> int: ...


class Inbox(Protocol):
    """Where arrivals wait."""

    @property
    def name(self) -> str: ...

    def waiting(self, after: int, limit: int) -> Sequence[Waiting]:
        """Up to ``limit`` arrivals with rows above ``after``, in order."""

    def forget(self, through: int) -> None:
        """Delete the arrivals with rows up to ``through``."""


class Loader:
    """Loads inboxes into a warehouse. What is loaded is deleted from its inbox only after it is in the warehouse."""

    def __init__(self, warehouse: Warehouse, inboxes: Iterable[Inbox], now: Callable[[], float] | None = None) -> None:
        """``now`` gives Unix time, seconds; without it every arrival's time is believed."""
        self._warehouse = warehouse
        self._inboxes = inboxes
        self._now = now

    def load(self) -> int:
        """Load all that waits, batch by batch; return how many arrivals there were."""
        return sum(self._load(inbox) for inbox in self._inboxes)

    def run(self, stop: threading.Event, pause: float) -> None:
        """Load again and again, ``pause`` seconds apart, until ``stop`` is set; then once more.

        A load that fails is logged, and tried again at the next turn: what it was to load still waits.
        """
        last = False
        while not last:
            last = stop.wait(pause)
            try:
                self.load()
            except Exception:
                logger.exception("the inbox could not be loaded; it is kept, and tried again")

    def _load(self, inbox: Inbox) -> int:
        after = self._warehouse.mark(inbox.name)
        inbox.forget(after)  # what a loader that was ended after its commit left behind
        loaded = 0
        while batch := inbox.waiting(after, BATCH):
            after = batch[-1].row
            now = None if self._now is None else self._now()
            self._warehouse.load(batch, inbox=inbox.name, through=after, now=now)
            inbox.forget(after)
            loaded += len(batch)
        return loaded
