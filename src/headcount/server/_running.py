"""A running server, as commands reach it: by the socket in its data directory, or by its address."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from headcount.questions import BadQuestion
from headcount.server._data import DataDirectory

_TIMEOUT = 60.0  # seconds that a server may take for an answer


class NoAnswer(Exception):
    """The server that was asked gave no answer; the message is one sentence."""


class Reply(NamedTuple):
    """What a server answered: the status, and the JSON object of the body."""

    status: int
    body: dict[str, Any]


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, address: str) -> None:
        super().__init__("headcount", timeout=_TIMEOUT)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._address)


@contextmanager
def running_server(data: DataDirectory) -> Iterator[http.client.HTTPConnection | None]:
    """A connection to the server that runs on a data directory; None where none does."""
    with data.socket() as address:
        connection = _UnixConnection(address)
        try:
            connection.connect()
        except OSError:
            yield None
        else:
            yield connection
        finally:
            connection.close()


def connection_to(url: str) -> tuple[http.client.HTTPConnection, str]:
    """A connection to a server by its address, and the path that its own paths begin with. Raises `BadQuestion`."""
    problem = BadQuestion(f"{url!r} is no address of a server: it looks like https://headcount.example.org")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise problem from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise problem
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname, port, timeout=_TIMEOUT), parts.path.rstrip("/")


def exchange(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    value: Mapping[str, Any] | None = None,
) -> Reply:
    """One request, with ``value`` as its JSON. Raises `NoAnswer` where nothing, or no JSON, comes back."""
    body = None if value is None else json.dumps(value)
    try:
        connection.request(method, path, body, headers=dict(headers or {}))
        response = connection.getresponse()
        return Reply(response.status, json.loads(response.read()))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(f"the server at {connection.host} gave no answer: {error}.") from error
    finally:
        connection.close()


def refused(connection: http.client.HTTPConnection, reply: Reply) -> NoAnswer:
    """The error for a status that was not expected."""
    return NoAnswer(f"the server at {connection.host} answered {reply.status}: {reply.body.get('problem', '')}.")
