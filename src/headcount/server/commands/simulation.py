"""Reports that did not come over HTTP, as those of a simulated fleet, put into a data directory the way of all reports."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Protocol

from headcount.contract import REPORTS_PATH, Arrival, read_report, read_stock, vocabulary
from headcount.ingest import Pseudonymizer, arrival
from headcount.server.commands.connection import running_server
from headcount.server.data.directory import BadData, open_data, open_inbox
from headcount.server.data.opened import at_hand

_GROUP = 5_000  # arrivals in one transaction


class Sent(Protocol):
    """A report as it was sent: the body and the secret, the path it was posted to, when it came (Unix time, seconds)."""

    @property
    def received(self) -> int: ...  # noqa: D102
    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def body(self) -> Mapping[str, object]: ...  # noqa: D102
    @property
    def secret(self) -> str | None: ...  # noqa: D102


def take_in(path: Path, name: str, reports: Iterable[Sent]) -> int:
    """Put reports into a data directory through an inbox ``name`` of their own; return how many were taken.

    They go the way of all reports: read, scrubbed, put under pseudonyms, made durable. A server that runs on the directory
    loads them; else they are loaded here. Raises `BadData`, and `InvalidReport` at a report that is none.
    """
    data = open_data(path, create=True)
    inbox, pseudonymizer = open_inbox(data, name)
    taken = 0
    with closing(inbox):
        arrivals = (_arrival(sent, pseudonymizer) for sent in reports)
        try:
            while group := list(islice(arrivals, _GROUP)):
                inbox.append(group)
                taken += len(group)
        except sqlite3.Error as error:
            raise BadData(f"the inbox {data.inbox(name)} cannot be written: {error}.") from error
    with running_server(data) as connection:
        if connection is None:
            with at_hand(data):
                pass
    return taken


def _arrival(sent: Sent, pseudonymizer: Pseudonymizer) -> Arrival:
    read = read_report if sent.path == REPORTS_PATH else read_stock
    report = read(sent.body, vocabulary())
    return arrival(report, report.install, sent.received, pseudonymizer, sent.secret)
