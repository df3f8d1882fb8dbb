"""``simulate --into``: reports that did not come over HTTP, put into a data directory the way of all reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from headcount._refused import Refused
from headcount.contract import REPORTS_PATH, Arrival, read_report, read_stock, vocabulary
from headcount.ingest import Pseudonymizer, arrival
from headcount.server import commands
from headcount.server.commands.connection import running_server
from headcount.server.data.directory import open_directory
from headcount.server.data.inboxes import own_inbox
from headcount.server.data.opened import OpenData, opened
from headcount.server.data.owner import acting_as_owner
from headcount.server.data.refusal import refusing
from headcount.server.data.simulation import Origin, simulated_inbox
from headcount.warehouse import WarehouseUnavailable

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


def take_events(path: Path, seed: int, events: Iterable[Event], given: commands.Given = commands.NOTHING) -> int:
    """Put the reports of a simulated fleet into a data directory, through an inbox of their own; return how many.

    They go the way of all reports: read, scrubbed, put under pseudonyms, made durable. A server that runs on the directory
    loads them; without a server they are loaded here. The directory is marked before the first of them is in it. Raises
    `Refused`, also where it holds real reports, and `InvalidReport` at an event without a report.
    """
    count = 0
    commands.run(path, "simulate", given=given, into=str(path))
    with acting_as_owner(path):
        directory = open_directory(path, create=True)
        with refusing(), own_inbox(directory, simulated_inbox(seed)) as (inbox, pseudonymizer):
            arrivals = (_arrival(event, pseudonymizer) for event in events)
            while group := list(islice(arrivals, _GROUP)):
                inbox.append(group)
                count += len(group)
        with running_server(directory) as connection:
            if connection is None:
                with refusing(), opened(directory, given) as data:
                    data.catch_up()
    return count


def claim(data: OpenData, arguments: Mapping[str, Any]) -> None:
    """Mark a data directory as that of a simulation. Raises `Refused` where it holds a report that was not simulated.

    ``into``: the directory as its operator calls it. Where a directory that is marked cannot be read, the mark counts.
    """
    origin = data.simulation.origin()
    if origin is Origin.SIMULATED:
        try:
            data.note_origin()
        except WarehouseUnavailable:
            return
        origin = data.simulation.origin()
    elif origin is Origin.REAL and data.holds_real_reports():
        origin = Origin.MIXED
    if origin is Origin.MIXED:
        raise Refused(
            f"{arguments['into']} holds reports that were not simulated, and could not be told from a simulated fleet any "
            "more: give another directory with --into."
        )
    if origin is Origin.REAL:
        data.simulation.set(Origin.SIMULATED)


def _arrival(event: Event, pseudonymizer: Pseudonymizer) -> Arrival:
    read = read_report if event.path == REPORTS_PATH else read_stock
    report = read(event.body, vocabulary())
    return arrival(report, report.install, event.received, pseudonymizer, event.secret)
