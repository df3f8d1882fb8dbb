"""Collectors and proxies that misbehave: real servers on loopback, each connection in a thread of its own."""

from __future__ import annotations

import contextlib
import http.client
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tests.support.masters import Request

TLS_HELLO = b"\x16"
"""The first byte of a connection that begins with TLS."""

_PATIENCE = 30.0  # seconds without a byte from the client
_STEP = 0.02


@dataclass
class Hostile:
    """A server, and what it saw."""

    url: str
    requests: list[Request] = field(default_factory=list)
    greetings: list[bytes] = field(default_factory=list)
    """The first byte of each connection."""
    abandoned: int = 0
    """Connections that the client gave up before it had an answer."""
    sent: int = 0
    """Bytes of answers."""

    @property
    def plain(self) -> list[bytes]:
        """The greetings of connections that did not begin with TLS."""
        return [greeting for greeting in self.greetings if greeting != TLS_HELLO]


class Visit:
    """One connection, for a behaviour."""

    def __init__(self, connection: socket.socket, tls: ssl.SSLContext | None, server: Hostile, over: threading.Event):
        self.connection = connection
        self.server = server
        self._tls = tls
        self._over = over

    def greet(self) -> bytes:
        """See how the client begins."""
        greeting = self.connection.recv(1, socket.MSG_PEEK)
        self.server.greetings.append(greeting)
        return greeting

    def request(self) -> Request:
        """Read one request; where the client begins with TLS, and this server has a certificate, they shake hands before."""
        if self.greet() == TLS_HELLO and self._tls is not None:
            self.connection = self._tls.wrap_socket(self.connection, server_side=True)
        with self.connection.makefile("rb") as file:
            path = file.readline().split()[1].decode()
            headers = {key.lower(): value for key, value in http.client.parse_headers(file).items()}
            raw = file.read(int(headers.get("content-length", "0")))
        request = Request(path, headers, raw)
        self.server.requests.append(request)
        return request

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.connection.sendall(data)
        self.server.sent += len(data)

    def pause(self, seconds: float) -> bool:
        """Wait; True once there is no use in going on, since the client is gone or the server stops."""
        waited = 0.0
        while waited < seconds and not self._over.wait(_STEP):
            waited += _STEP
            if select.select([self.connection], [], [], 0)[0] and not self.connection.recv(65_536):
                self.server.abandoned += 1
                return True
        return self._over.is_set()


Behaviour = Callable[[Visit], None]


def hang(visit: Visit) -> None:
    """Take the request, and say nothing."""
    visit.request()
    visit.pause(float("inf"))


def hang_before_tls(visit: Visit) -> None:
    """Accept the connection, and say nothing."""
    visit.greet()
    visit.pause(float("inf"))


def trickle(head: bytes, piece: bytes, pause: float = 1.0) -> Behaviour:
    """Answer with the beginning of a head, and then a byte at a time, the same over and over."""

    def behave(visit: Visit) -> None:
        visit.request()
        visit.send(head)
        _trickle(visit, piece, pause)

    return behave


def trickle_tls(pause: float = 1.0) -> Behaviour:
    """Shake hands a byte at a time: a record of TLS that is announced to be long."""

    def behave(visit: Visit) -> None:
        visit.greet()
        visit.send(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
        _trickle(visit, b"\0", pause)

    return behave


def _trickle(visit: Visit, piece: bytes, pause: float) -> None:
    while not visit.pause(pause):
        visit.send(piece)


def close_at_once(_: Visit) -> None:
    """Accept the connection, and close it."""


def close_in_the_middle(visit: Visit) -> None:
    """Close the connection within the first line of the answer."""
    visit.request()
    visit.send(b"HTTP/1.1 202 Acc")


def answer(status: int, headers: Mapping[str, str] | None = None, body: bytes = b"{}") -> Behaviour:
    """Answer like a collector."""
    lines = {"Content-Length": str(len(body)), **(headers or {})}
    head = f"HTTP/1.1 {status} Whatever\r\n" + "".join(f"{key}: {value}\r\n" for key, value in lines.items()) + "\r\n"

    def behave(visit: Visit) -> None:
        visit.request()
        visit.send(head.encode() + body)

    return behave


def one_after_another(*behaviours: Behaviour) -> Behaviour:
    """Behave differently to each connection; the last stays."""
    left = list(behaviours)

    def behave(visit: Visit) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(visit)

    return behave


def endless(head: bytes, piece: bytes) -> Behaviour:
    """Answer without an end, as fast as the client takes it."""

    def behave(visit: Visit) -> None:
        visit.request()
        visit.send(head)
        while not visit.pause(0):
            visit.send(piece)

    return behave


@contextlib.contextmanager
def misbehaving(behave: Behaviour, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Hostile]:
    """Keep a server that behaves so on a free port of 127.0.0.1; ``host`` is how its URL calls it."""
    over = threading.Event()
    threads: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(_STEP)
        server = Hostile(f"{'http' if tls is None else 'https'}://{host}:{listening.getsockname()[1]}")

        def visit(connection: socket.socket) -> None:
            connection.settimeout(_PATIENCE)
            one = Visit(connection, tls, server, over)
            try:
                behave(one)
            except ConnectionError:
                server.abandoned += 1
            except (OSError, ValueError, IndexError):
                pass  # what the client did is in the server's record
            one.connection.close()
            connection.close()

        def accept() -> None:
            while not over.is_set():
                with contextlib.suppress(TimeoutError):
                    threads.append(threading.Thread(target=visit, args=(listening.accept()[0],)))
                    threads[-1].start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield server
        finally:
            over.set()
            accepting.join()
            for thread in threads:
                thread.join(_PATIENCE)


@contextlib.contextmanager
def refusing(scheme: str = "https") -> Iterator[Hostile]:
    """A port on which nobody listens, and that nobody else gets meanwhile."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield Hostile(f"{scheme}://127.0.0.1:{bound.getsockname()[1]}")
