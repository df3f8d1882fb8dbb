"""The loader: moves what waits in the inboxes into the warehouse."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Protocol

from headcount.contract import Batch
from headcount.warehouse._port import Warehouse

logger = logging.getLogger(__name__)

BATCH = 20_000
"""Arrivals in one load at most."""

_LONGEST = 4.0  # seconds between two turns while they fail
_SILENCE = 60.0  # seconds between two lines about the same trouble


class Inbox(Protocol):
    """Where arrivals wait."""

    @property
    def name(self) -> str: ...

    def waiting(self, after: int, limit: int) -> Batch:
        """Return up to ``limit`` arrivals with rows above ``after``, in order."""

    def forget(self, through: int) -> None:
        """Delete the arrivals with rows up to ``through``."""


class Loader:
    """Loads inboxes into a warehouse. What is loaded is deleted from its inbox only after it is in the warehouse."""

    def __init__(
        self,
        warehouse: Warehouse,
        inboxes: Iterable[Inbox],
        now: Callable[[], float] | None = None,
    ) -> None:
        """``now`` gives Unix time, seconds; without it every arrival's time is believed."""
        self._warehouse = warehouse
        self._inboxes = inboxes
        self._now = now
        self.chores: dict[str, Callable[[], object]] = {}
        """What is done at each turn after loading, in this order, by the name under which a failure is logged."""
        self._said: dict[str, float] = {}
        self._turn = threading.Lock()
        self.failing = False
        """Whether something went wrong in the last turn."""
        self.loaded = 0
        """How many arrivals were loaded."""

    def load(self) -> int:
        """Load all that waits now, batch by batch; return how many arrivals there were.

        An inbox that cannot be loaded holds up no other one; what went wrong first is raised at the end.
        """
        with self._turn:
            turns = [self._try(inbox) for inbox in self._inboxes]
        for turn in turns:
            if isinstance(turn, Exception):
                raise turn
        return sum(turn for turn in turns if isinstance(turn, int))

    def run(self, stop: threading.Event, pause: float) -> None:
        """Load again and again, ``pause`` seconds apart, until ``stop`` is set; then once more.

        A load that fails is logged, and tried again at the next turn: what it was to load still waits. Turns that fail come
        less and less often.
        """
        last = False
        wait = pause
        while not last:
            last = stop.wait(wait)
            done = [self._did(self.load, "the inbox could not be loaded; it is kept, and tried again")]
            if not last:
                done += [
                    self._did(chore, f"a chore failed, and is tried again: {name}")
                    for name, chore in self.chores.items()
                ]
            self.failing = not all(done)
            wait = min(wait * 2, max(_LONGEST, pause)) if self.failing else pause

    def _did(self, task: Callable[[], object], failed: str) -> bool:
        try:
            task()
        except Exception as error:  # noqa: BLE001  # the server goes on, whatever is wrong with the data
            trouble = f"{failed}: {type(error).__name__}: {str(error).partition(chr(10))[0]}"
            if time.monotonic() - self._said.get(trouble, -_SILENCE) >= _SILENCE:
                self._said[trouble] = time.monotonic()
                logger.error("%s", trouble)  # noqa: TRY400
            return False
        return True

    def _try(self, inbox: Inbox) -> int | Exception:
        try:
            return self._load(inbox)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is raised when all had their turn
            return error

    def _load(self, inbox: Inbox) -> int:
        after = self._warehouse.mark(inbox.name)
        inbox.forget(after)  # what a loader that was ended after its commit left behind
        loaded = 0
        while (batch := inbox.waiting(after, BATCH)).arrivals:
            after = batch.through
            now = None if self._now is None else self._now()
            self._warehouse.load(batch.arrivals, inbox=inbox.name, through=after, now=now)
            inbox.forget(after)
            loaded += len(batch.arrivals)
            self.loaded += len(batch.arrivals)
            if len(batch.arrivals) < BATCH:
                break  # what came meanwhile has its turn next time, or others would wait for as long as reports come
        return loaded
