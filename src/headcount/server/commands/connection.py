"""A connection to a server, by its address or by the socket in its data directory; and one request with its answer."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from headcount._refused import Refused
from headcount.server.commands.handed_out import MEDIA_TYPE, Received
from headcount.server.data.directory import DataDirectory

SHORT = 60.0
"""Seconds that a server may take for an answer."""

LONG = 3600.0
"""Seconds that a server may take for work on a large warehouse."""


class Reply(NamedTuple):
    """What a server answered: the status and the content; ``who`` it is, in words."""

    status: int
    content: bytes
    who: str

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object that the content is. Raises `Refused` where it is none."""
        try:
            value = json.loads(self.content)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise Refused(f"{self.who} gave no answer: it sent status {self.status} without a reason; see its log.")
        return value

    def expect(self, status: int) -> dict[str, Any]:
        """Return the body. Raises `Refused`, with what the server says of it, where the status is another."""
        if self.status != status:
            raise self.refused()
        return self.body

    def expect_success(self) -> dict[str, Any]:
        """Return the body. Raises `Refused`, with what the server says of it, for a status from 400 up."""
        if self.status >= http.client.BAD_REQUEST:
            raise self.refused()
        return self.body

    def content_or_problem(self) -> bytes:
        """Return the content. Raises `Refused` with the server's own sentence where it cannot be asked so."""
        if self.status == http.client.OK:
            return self.content
        if self.status in (http.client.BAD_REQUEST, http.client.NOT_FOUND) and "problem" in self.body:
            raise Refused(self.body["problem"])
        raise self.refused()

    def refused(self) -> Refused:
        """Return the error for a status that was not expected."""
        listed = "; ".join(f"{each['where']} {each['what']}".strip() for each in self.body.get("problems", []))
        return Refused(f"{self.who} answered {self.status}: {self.body.get('problem', listed)}.")


def connect(url: str, *, public: bool = False) -> tuple[http.client.HTTPConnection, str]:
    """Return a connection to a server, which is not open yet, and what its paths begin with.

    ``public``: nothing secret goes over it, so that it may be plain HTTP over a network. Raises `Refused`.
    """
    from headcount.settings import is_plain_loopback  # noqa: PLC0415  # it takes longer than a request to a socket

    problem = Refused(f"{url!r} is no address of a server: it looks like https://headcount.example.org.")
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise problem
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname, parts.port, timeout=SHORT)
    except (ValueError, http.client.InvalidURL) as error:
        raise problem from error
    if parts.scheme == "http" and not (public or is_plain_loopback(url)):
        raise Refused(
            f"{url!r} is reached in the clear, where a token or a secret could be read: give it as https://…."
        )
    return connection, parts.path.rstrip("/")


@contextmanager
def running_server(data: DataDirectory) -> Iterator[http.client.HTTPConnection | None]:
    """Yield a connection to the server that runs on a data directory; None where none runs."""
    with data.socket_address() as address:
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
    patience: float = SHORT,
) -> Reply:
    """Send one request, with ``value`` as its JSON, and return the reply; the server may take ``patience`` seconds.

    Raises `Refused` where nothing comes back.
    """
    try:
        with _answering(connection):
            response = _send(connection, method, path, value, headers=headers or {}, patience=patience)
            return Reply(response.status, response.read(), _who(connection))
    finally:
        connection.close()


def receive(connection: http.client.HTTPConnection, path: str, value: Mapping[str, Any]) -> Received:
    """Send one request to a server, and return what it hands out while it comes. Raises `Refused`."""
    who = _who(connection)
    with _answering(connection):
        response = _send(connection, "POST", path, value, headers={}, patience=LONG)
        if response.headers.get_content_type() == MEDIA_TYPE:
            return Received(response, who)
        reply = Reply(response.status, response.read(), who)
    if "refused" in reply.body:
        raise Refused(reply.body["refused"])
    if response.status == http.client.OK:
        raise Refused(f"{who} is of another version than this command: start it again, and it hands out files.")
    raise reply.refused()


def _who(connection: http.client.HTTPConnection) -> str:
    return f"the server {connection.where if isinstance(connection, _UnixConnection) else f'at {connection.host}'}"


@contextmanager
def _answering(connection: http.client.HTTPConnection) -> Iterator[None]:
    """Raise `Refused` in place of what a request that gets no answer raises."""
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        raise Refused(f"{_who(connection)} gave no answer: {error}.") from error
    except ValueError:  # its words may hold a token
        raise Refused(
            f"{_who(connection)} cannot be asked so: an address or a token has characters that HTTP does not carry."
        ) from None


def _send(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    value: Mapping[str, Any] | None,
    *,
    headers: Mapping[str, str],
    patience: float,
) -> http.client.HTTPResponse:
    body, kind = (None, {}) if value is None else (json.dumps(value), {"Content-Type": "application/json"})
    connection.timeout = patience
    if connection.sock is not None:
        connection.sock.settimeout(patience)
    connection.request(method, path, body, {**kind, **headers})
    return connection.getresponse()


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, address: str, directory: Path) -> None:
        super().__init__("headcount", timeout=SHORT)
        self._address = address
        self.where = f"on {directory}"

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._address)
