"""``simulate --into``: reports that did not come over HTTP, put into a data directory the way of all reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Protocol

from headcount.contract import REPORTS_PATH, Arrival, read_report, read_stock, vocabulary
from headcount.ingest import Pseudonymizer, arrival
from headcount.server.commands.connection import running_server
from headcount.server.data.directory import open_directory
from headcount.server.data.inboxes import own_inbox
from headcount.server.data.opened import opened, refusing
from headcount.server.data.owner import acting_as_owner

_GROUP = 5_000  # arrivals in one transaction


class Event(Protocol):
    """A report as it was sent."""

    @property
    def received(self) -> int:
        """When it came, Unix time, seconds."""

    @property
    def path(self) -> str:
        """Where it was posted."""

    @property
    def body(self) -> Mapping[str, object]:
        """What was posted."""

    @property
    def secret(self) -> str | None:
        """What came in the header."""


def take_events(path: Path, name: str, events: Iterable[Event]) -> int:
    """Put reports into a data directory through an inbox ``name`` of their own; return how many.

    They go the way of all reports: read, scrubbed, put under pseudonyms, made durable. A server that runs on the directory
    loads them; without a server they are loaded here. Raises `Refused`, and `InvalidReport` at an event without a report.
    """
    count = 0
    with acting_as_owner(path):
        directory = open_directory(path, create=True)
        with refusing(), own_inbox(directory, name) as (inbox, pseudonymizer):
            arrivals = (_arrival(event, pseudonymizer) for event in events)
            while group := list(islice(arrivals, _GROUP)):
                inbox.append(group)
                count += len(group)
        with running_server(directory) as connection:
            if connection is None:
                with refusing(), opened(directory) as data:
                    data.catch_up()
    return count


def _arrival(event: Event, pseudonymizer: Pseudonymizer) -> Arrival:
    read = read_report if event.path == REPORTS_PATH else read_stock
    report = read(event.body, vocabulary())
    return arrival(report, report.install, event.received, pseudonymizer, event.secret)
