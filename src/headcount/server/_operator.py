"""Commands on a data directory: through the server that runs on it, or by themselves where none runs."""

from __future__ import annotations

import http.client
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlencode

from headcount.contract import read_report, read_stock, vocabulary
from headcount.ingest import REPORTS, Arrival, Pseudonymizer, arrival
from headcount.questions import Answer, BadQuestion
from headcount.server._answers import Answers
from headcount.server._data import open_data, open_inbox
from headcount.server._running import connection_to, exchange, refused, running_server
from headcount.server._serve import load_inboxes, owned_warehouse

_GROUP = 5_000  # arrivals in one transaction


def ask_data(path: Path, question: str, parameters: Mapping[str, str]) -> Answer:
    """Ask the data in a directory. Raises `BadData`, `BadQuestion` or `NoAnswer`."""
    data = open_data(path, create=False)
    with running_server(data) as connection:
        if connection is not None:
            return _request(connection, "", question, parameters, {})
    with owned_warehouse(data) as warehouse:
        load_inboxes(warehouse, data)
        return Answers(warehouse, time.time).ask(question, **parameters)


def ask_url(url: str, token: str, question: str, parameters: Mapping[str, str]) -> Answer:
    """Ask a server by its address, with a maintainer's token. Raises `BadQuestion` or `NoAnswer`."""
    connection, prefix = connection_to(url)
    return _request(connection, prefix, question, parameters, {"Authorization": f"Bearer {token}"})


class Sent(Protocol):
    """A report as it was sent: the body, the path that it was posted to, and when it came (Unix time, seconds)."""

    @property
    def received(self) -> int: ...
    @property
    def path(self) -> str: ...
    @property
    def body(self) -> Mapping[str, object]: ...


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
        kept = (one for one in arrivals if one is not None)
        while group := list(islice(kept, _GROUP)):
            inbox.append(group, Counter())
            taken += len(group)
    with running_server(data) as connection:
        if connection is None:
            with owned_warehouse(data) as warehouse:
                load_inboxes(warehouse, data)
    return taken


def _arrival(sent: Sent, pseudonymizer: Pseudonymizer) -> Arrival | None:
    read = read_report if sent.path == REPORTS else read_stock
    report = read(sent.body, vocabulary())
    return None if report.install is None else arrival(report, report.install, sent.received, pseudonymizer)


def _request(
    connection: http.client.HTTPConnection,
    prefix: str,
    question: str,
    parameters: Mapping[str, str],
    headers: Mapping[str, str],
) -> Answer:
    path = f"{prefix}/api/ask/{quote(question)}?{urlencode(parameters)}"
    reply = exchange(connection, "GET", path, headers)
    if reply.status == http.client.BAD_REQUEST:
        raise BadQuestion(reply.body["problem"])
    if reply.status != http.client.OK:
        raise refused(connection, reply)
    return Answer.from_dict(reply.body)
