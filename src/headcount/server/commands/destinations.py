"""Where an import puts arrivals: into the warehouse, or into an inbox that the server loads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Protocol

from headcount.contract import Arrival
from headcount.ingest import Inbox
from headcount.server.data.exports import Rest
from headcount.warehouse import Warehouse, load_past_damage


class Destination(Protocol):
    """Where arrivals go. Each method raises what the warehouse, the inbox or the disk raises."""

    def put(self, arrivals: list[Arrival]) -> None:
        """Take arrivals in."""

    def flush(self, then: Callable[[], None]) -> None:
        """Make what was put durable, now or beside what is put next; then call ``then``."""

    def finish(self) -> None:
        """Wait until all is durable, and each ``then`` was called."""

    @property
    def is_first(self) -> bool:
        """Whether the warehouse is at hand, and holds nothing but what came through this import."""

    def take_over(self, rest: Rest) -> None:
        """Take what an export holds beside sightings, which are loaded, where this `is_first`."""


class WarehouseDestination:
    """Loads one group while the next is put: with one more waiting it would take the memory of three."""

    def __init__(self, warehouse: Warehouse, inbox: str, executor: Executor, now: Callable[[], float]) -> None:
        """``inbox``: through which it is as if the arrivals came; ``executor``: has one thread; ``now`` gives Unix time."""
        self._now = now
        self._warehouse = warehouse
        self._inbox = inbox
        self._executor = executor
        self._load: Future[None] | None = None
        self._waiting: list[Arrival] = []

    def put(self, arrivals: list[Arrival]) -> None:
        """Take arrivals in, for the next load."""
        self._waiting += arrivals

    def flush(self, then: Callable[[], None]) -> None:
        """Begin to load what was put, once the load before is done."""
        self.finish()
        self._load = self._executor.submit(self._load_group, self._waiting, then)
        self._waiting = []

    def finish(self) -> None:
        """Wait for the load that goes on."""
        if self._load is not None:
            self._load.result()

    @property
    def is_first(self) -> bool:
        """Whether nothing was loaded but by imports."""
        return all(inbox == self._inbox for inbox in self._warehouse.loaded_inboxes())

    def take_over(self, rest: Rest) -> None:
        """Take what an export holds beside sightings."""
        for arrivals, now in rest.reports:
            self._load_group(arrivals, lambda: None, now)
        self._warehouse.take_over(rest.tables)

    def _load_group(self, arrivals: list[Arrival], then: Callable[[], None], now: float | None = None) -> None:
        if arrivals:
            by = self._now() if now is None else now
            load_past_damage(self._warehouse, arrivals, inbox=self._inbox, after=0, through=0, now=by)
        then()


class InboxDestination:
    """Writes into an inbox, durably at each `put`: who loads it has the warehouse."""

    is_first = False

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    def put(self, arrivals: list[Arrival]) -> None:
        """Write arrivals."""
        self._inbox.append(arrivals)

    def flush(self, then: Callable[[], None]) -> None:
        """Call ``then``."""
        then()

    def finish(self) -> None:
        """Do nothing: all is durable."""

    def take_over(self, rest: Rest) -> None:
        """Do nothing: an inbox holds reports alone."""
