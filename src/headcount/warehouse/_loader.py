"""The loader: moves what waits in the inboxes into the warehouse."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
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

    def tallied(self) -> Iterable[tuple[str, str, int]]:
        """All that was ever tallied: UTC day, what, how often."""

    def forget(self, through: int) -> None:
        """Delete the arrivals with rows up to ``through``."""


class Loader:
    """Loads inboxes into a warehouse. What is loaded is deleted from its inbox only after it is in the warehouse."""

    def __init__(self, warehouse: Warehouse, inboxes: Iterable[Inbox]) -> None:
        self._warehouse = warehouse
        self._inboxes = inboxes
        self._turns = threading.Condition()
        self._begun = self._done = 0
        self._tallied: dict[str, list[tuple[str, str, int]]] = {}

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
            self._begun += 1
            try:
                self.load()
                with self._turns:
                    self._done = self._begun
                    self._turns.notify_all()
            except Exception:
                logger.exception("the inbox could not be loaded; it is kept, and tried again")

    def settle(self, timeout: float) -> None:
        """Wait until all that waits now is loaded by `run`. Raises TimeoutError where that takes too long (seconds)."""
        with self._turns:
            turn = self._begun + 1
            if not self._turns.wait_for(lambda: self._done >= turn, timeout):
                raise TimeoutError("there are reports that wait to be loaded")

    def _load(self, inbox: Inbox) -> int:
        after = self._warehouse.mark(inbox.name)
        inbox.forget(after)  # what a loader that was ended after its commit left behind
        loaded = 0
        while batch := inbox.waiting(after, BATCH):
            after = batch[-1].row
            self._warehouse.load(batch, inbox=inbox.name, through=after)
            inbox.forget(after)
            loaded += len(batch)
        tally = sorted(inbox.tallied())
        if tally != self._tallied.get(inbox.name):
            self._warehouse.load([], inbox=inbox.name, through=after, tally=tally)
            self._tallied[inbox.name] = tally
        return loaded
