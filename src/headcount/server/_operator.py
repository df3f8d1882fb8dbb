"""Commands on a data directory: through the server that runs on it, or by themselves where none runs."""

from __future__ import annotations

import http.client
import json
import socket
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote, urlencode, urlsplit

from headcount.contract import read_report, read_stock, vocabulary
from headcount.ingest import REPORTS, Arrival, Pseudonymizer, arrival
from headcount.questions import Answer, BadQuestion
from headcount.server._answers import Answers
from headcount.server._data import BadData, DataDirectory, open_data, open_inbox
from headcount.server._keeping import at_hand

_GROUP = 5_000  # arrivals in one transaction
_TIMEOUT = 60.0  # seconds that a server may take for an answer


class NoAnswer(Exception):
    """The server that was asked gave no answer; the message is one sentence."""


def ask_data(path: Path, question: str, parameters: Mapping[str, str]) -> Answer:
    """Ask the data in a directory. Raises `BadData`, `BadQuestion` or `NoAnswer`."""
    data = open_data(path, create=False)
    with running_server(data) as connection:
        if connection is not None:
            return _request(connection, "", question, parameters, {})
    with at_hand(data) as kept:
        return Answers(kept.warehouse, time.time).ask(question, **parameters)


def ask_url(url: str, token: str, question: str, parameters: Mapping[str, str]) -> Answer:
    """Ask a server by its address, with a maintainer's token. Raises `BadQuestion` or `NoAnswer`."""
    connection, prefix = connect(url)
    return _request(connection, prefix, question, parameters, {"Authorization": f"Bearer {token}"})


def rights_at(url: str, right: str, install: str, secret: str) -> dict[str, Any] | None:
    """``lookup`` or ``erase`` an installation at a server, by its secret; None where nothing is held. Raises `NoAnswer`."""
    connection, prefix = connect(url)
    body = json.dumps({"id": install, "secret": secret})
    try:
        connection.request("POST", f"{prefix}/v1/installation/{right}", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        found: dict[str, Any] = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(f"the server at {connection.host} gave no answer: {error}.") from error
    finally:
        connection.close()
    if response.status == http.client.NOT_FOUND:
        return None
    if response.status >= http.client.BAD_REQUEST:
        problems = "; ".join(f"{one['where']} {one['what']}".strip() for one in found.get("problems", []))
        raise NoAnswer(f"the server at {connection.host} answered {response.status}: {problems}.")
    return found


def connect(url: str) -> tuple[http.client.HTTPConnection, str]:
    problem = NoAnswer(f"{url!r} is no address of a server: it looks like https://headcount.example.org.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise problem from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise problem
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname, port, timeout=_TIMEOUT), parts.path.rstrip("/")


class Reply(NamedTuple):
    """What a server answered: the status, and the JSON object of the body."""

    status: int
    body: dict[str, Any]


def exchange(
    connection: http.client.HTTPConnection, method: str, path: str, value: Mapping[str, Any] | None = None
) -> Reply:
    """One request, with ``value`` as its JSON. Raises `NoAnswer` where nothing, or no JSON, comes back."""
    try:
        connection.request(method, path, None if value is None else json.dumps(value))
        response = connection.getresponse()
        return Reply(response.status, json.loads(response.read()))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(f"the server at {connection.host} gave no answer: {error}.") from error
    finally:
        connection.close()


def refused(connection: http.client.HTTPConnection, reply: Reply) -> NoAnswer:
    """The error for a status that was not expected."""
    return NoAnswer(f"the server at {connection.host} answered {reply.status}: {reply.body.get('problem', '')}.")


class Sent(Protocol):
    """A report as it was sent: the body and the secret, the path it was posted to, when it came (Unix time, seconds)."""

    @property
    def received(self) -> int: ...
    @property
    def path(self) -> str: ...
    @property
    def body(self) -> Mapping[str, object]: ...
    @property
    def secret(self) -> str | None: ...


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
    read = read_report if sent.path == REPORTS else read_stock
    report = read(sent.body, vocabulary())
    return arrival(report, report.install, sent.received, pseudonymizer, sent.secret)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, address: str) -> None:
        super().__init__("headcount", timeout=_TIMEOUT)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._address)


@contextmanager
def running_server(data: DataDirectory) -> Iterator[http.client.HTTPConnection | None]:
    """A connection to the server that runs on a data directory; None where none runs."""
    with data.socket() as address:
        connection = UnixConnection(address)
        try:
            connection.connect()
        except OSError:
            yield None
        else:
            yield connection
        finally:
            connection.close()


def post_json(connection: http.client.HTTPConnection, path: str) -> dict[str, Any]:
    """What a running server answers to a command that it carries out. Raises `NoAnswer`."""
    connection.timeout = None  # it takes as long as it takes
    if connection.sock is not None:
        connection.sock.settimeout(None)
    try:
        connection.request("POST", path)
        response = connection.getresponse()
        body: dict[str, Any] = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(f"the server on this data directory gave no answer: {error}.") from error
    if response.status != http.client.OK:
        raise NoAnswer(f"the server on this data directory answered {response.status}: {body.get('problem', '')}.")
    return body


def _request(
    connection: http.client.HTTPConnection,
    prefix: str,
    question: str,
    parameters: Mapping[str, str],
    headers: Mapping[str, str],
) -> Answer:
    try:
        connection.request("GET", f"{prefix}/api/ask/{quote(question)}?{urlencode(parameters)}", headers=dict(headers))
        response = connection.getresponse()
        body: dict[str, Any] = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(f"the server at {connection.host} gave no answer: {error}.") from error
    finally:
        connection.close()
    if response.status == http.client.BAD_REQUEST:
        raise BadQuestion(body["problem"])
    if response.status != http.client.OK:
        raise NoAnswer(f"the server at {connection.host} answered {response.status}: {body.get('problem', '')}.")
    return Answer.from_dict(body)
