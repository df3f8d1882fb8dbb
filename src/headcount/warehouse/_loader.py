"""The loader: moves what waits in the inboxes into the warehouse."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

from headcount.contract import Batch
from headcount.warehouse._damage import load_past_damage
from headcount.warehouse._port import Loading

logger = logging.getLogger(__name__)

BATCH = 20_000
"""Arrivals in one load at most."""

ENOUGH = 5_000
"""Arrivals that are loaded at once when so many wait: a load of a few costs nearly as much."""

_CHORES = 10.0  # seconds between two turns at most, since the chores go by the calendar and the clock
_LONGEST = 4.0  # seconds between two turns while they fail
_SILENCE = 60.0  # seconds between two lines about the same trouble
_FAILED = "the inbox could not be loaded; it is kept, and tried again"


class Inbox(Protocol):
    """Where arrivals wait."""

    @property
    def name(self) -> str: ...

    def waiting(self, after: int, limit: int) -> Batch:
        """Return up to ``limit`` arrivals with rows above ``after``, in order."""

    def backlog(self) -> int:
        """Return how many arrivals wait, at most."""

    def forget(self, through: int) -> None:
        """Delete the arrivals with rows up to ``through``."""


class Chore(NamedTuple):
    """What is done at each turn of the loader after loading: the name under which a failure is logged, and the work."""

    name: str
    do: Callable[[], object]


class Loader:
    """Loads inboxes into a warehouse. An arrival is deleted from its inbox only after it is in the warehouse."""

    def __init__(
        self,
        warehouse: Loading,
        inboxes: Iterable[Inbox],
        now: Callable[[], float] | None = None,
        chores: Sequence[Chore] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``now`` gives Unix time, seconds; without it every arrival's time is believed. Chores are done in their order.

        ``clock`` gives seconds that only pass.
        """
        self._warehouse = warehouse
        self._inboxes = inboxes
        self._now = now
        self._chores = tuple(chores)
        self._clock = clock
        self._logged: dict[str, float] = {}
        self._turn = threading.Lock()
        self._turned = (
            self._loaded
        ) = -math.inf  # when `run` had its last turn, and when the last load of something began
        self.seconds = 0.0
        """For how long since the last load began `run` lets arrivals wait that are not `ENOUGH`."""
        self.failing = False
        """Whether reports could not be loaded in the last turn."""
        self.failed_chores = 0
        """How many chores failed in the last turn."""
        self.loaded = 0
        """How many arrivals were loaded."""

    def load(self) -> int:
        """Load all that waits now, batch by batch; return how many arrivals there were.

        An inbox that cannot be loaded holds up no other one; the first error is raised at the end.
        """
        with self._turn:
            begun, loaded = self._clock(), self.loaded
            results = [self._try(inbox) for inbox in self._inboxes]
            if self.loaded > loaded:
                self._loaded = begun
        for result in results:
            if isinstance(result, Exception):
                raise result
        return sum(result for result in results if isinstance(result, int))

    def settle(self) -> None:
        """Load all that waits, and do all chores. Raises what the first of them raises."""
        self.load()
        for chore in self._chores:
            chore.do()

    def freshen(self, patience: float) -> None:
        """Load what waits, so that who asks now finds it. A failure is logged, and not raised.

        After ``patience`` seconds return though the load goes on: a rewrite of the warehouse may hold it up for long.
        """
        if not self._waiting():
            return
        loading = threading.Thread(target=self._succeeds, args=(self.load, _FAILED), name="freshen")
        loading.start()
        loading.join(patience)

    def run(self, stop: threading.Event, pause: float) -> None:
        """Have a turn at loading and at the chores whenever one is due, until ``stop`` is set; then load once more.

        Whether it is due is looked at every ``pause`` seconds. What comes first after a rest is loaded at once. A load that
        fails is logged, and tried again at the next turn: what it was to load still waits. While turns fail they come less
        and less often.
        """
        last = False
        wait = pause
        while not last:
            last = stop.wait(wait)
            if not last and not self._is_due():
                continue
            self.failing = not self._succeeds(self.load, _FAILED)
            self.failed_chores = sum(
                not self._succeeds(chore.do, f"a chore failed, and is tried again: {chore.name}")
                for chore in (() if last else self._chores)
            )
            wait = min(wait * 2, max(_LONGEST, pause)) if self.failing or self.failed_chores else pause
            self._turned = self._clock()

    def _is_due(self) -> bool:
        now = self._clock()
        if self.failing or self.failed_chores or now - self._turned >= _CHORES:
            return True
        waiting = self._waiting()
        return waiting >= ENOUGH or (waiting > 0 and now - self._loaded >= self.seconds)

    def _waiting(self) -> int:
        try:
            return sum(inbox.backlog() for inbox in self._inboxes)
        except Exception:  # noqa: BLE001  # the load that follows says what it is
            return ENOUGH

    def _succeeds(self, task: Callable[[], object], failed: str) -> bool:
        try:
            task()
        except Exception as error:  # noqa: BLE001  # the server goes on, whatever is wrong with the data
            trouble = f"{failed}: {type(error).__name__}: {str(error).partition(chr(10))[0]}"
            now = self._clock()
            self._logged = {text: since for text, since in self._logged.items() if now - since < _SILENCE}
            if trouble not in self._logged:
                self._logged[trouble] = now
                logger.error("%s", trouble)  # noqa: TRY400
            return False
        return True

    def _try(self, inbox: Inbox) -> int | Exception:
        try:
            return self._load(inbox)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is raised when every inbox had its turn
            return error

    def _load(self, inbox: Inbox) -> int:
        after = self._warehouse.mark(inbox.name)
        inbox.forget(after)  # what a loader that was ended after its commit left behind
        loaded = 0
        while (batch := inbox.waiting(after, BATCH)).arrivals:
            now = None if self._now is None else self._now()
            load_past_damage(
                self._warehouse, batch.arrivals, inbox=inbox.name, after=after, through=batch.through, now=now
            )
            after = batch.through
            inbox.forget(after)
            loaded += len(batch.arrivals)
            self.loaded += len(batch.arrivals)
            if len(batch.arrivals) < BATCH:
                break  # what came meanwhile has its turn next time, or others would wait for as long as reports come
        return loaded
