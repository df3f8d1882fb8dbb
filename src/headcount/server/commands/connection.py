"""Reaching a server: by its address, or by the socket in its data directory; and one request, with JSON both ways."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from headcount.server.data.directory import DataDirectory

_TIMEOUT = 60.0  # seconds that a server may take for an answer
LONG = 3600.0
"""Seconds that a server may take for work on a large warehouse."""


class NoAnswer(Exception):
    """The server that was asked gave no answer; the message is one sentence."""


class Reply(NamedTuple):
    """What a server answered: the status, and the JSON object of the body; ``who`` it is, in words."""

    status: int
    body: dict[str, Any]
    who: str

    def refused(self) -> NoAnswer:
        """The error for a status that was not expected."""
        listed = "; ".join(f"{one['where']} {one['what']}".strip() for one in self.body.get("problems", []))
        return NoAnswer(f"{self.who} answered {self.status}: {self.body.get('problem', listed)}.")


def connect(url: str) -> tuple[http.client.HTTPConnection, str]:
    """A connection to a server, which is not open yet, and what its paths begin with. Raises `NoAnswer`."""
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


@contextmanager
def running_server(data: DataDirectory) -> Iterator[http.client.HTTPConnection | None]:
    """A connection to the server that runs on a data directory; None where none runs."""
    with data.socket() as address:
        connection = _UnixConnection(address, data.path)
        try:
            connection.connect()
        except OSError:
            yield None
        else:
            yield connection
        finally:
            connection.close()


def exchange(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    value: Mapping[str, Any] | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    patience: float = _TIMEOUT,
) -> Reply:
    """One request, with ``value`` as its JSON; the server may take ``patience`` seconds.

    Raises `NoAnswer` where nothing, or no JSON, comes back.
    """
    who = f"the server {connection.where if isinstance(connection, _UnixConnection) else f'at {connection.host}'}"
    body, kind = (None, {}) if value is None else (json.dumps(value), {"Content-Type": "application/json"})
    try:
        connection.timeout = patience
        if connection.sock is not None:
            connection.sock.settimeout(patience)
        connection.request(method, path, body, {**kind, **(headers or {})})
        response = connection.getresponse()
        return Reply(response.status, json.loads(response.read()), who)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(f"{who} gave no answer: {error}.") from error
    finally:
        connection.close()


def through_server(data: DataDirectory, path: str, body: Mapping[str, object]) -> Reply | None:
    """What the server that runs on a data directory answers; None where none runs. Raises `NoAnswer`."""
    with running_server(data) as connection:
        if connection is None:
            return None
        reply = exchange(connection, "POST", path, body, patience=LONG)
        if reply.status >= http.client.INTERNAL_SERVER_ERROR:
            raise reply.refused()
        return reply


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, address: str, directory: Path) -> None:
        super().__init__("headcount", timeout=_TIMEOUT)
        self._address = address
        self.where = f"on {directory}"

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._address)
