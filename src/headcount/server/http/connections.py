"""Connections within limits: those that send slowly, idle, too much or nonsense are ended, and counted.

uvicorn bounds neither the head of a request nor the time that a request takes to come, and keeps a connection that never
sends. Its parser refuses what is no HTTP; here such requests are counted, since a log line for each would be a flood too.
"""

from __future__ import annotations

import asyncio
import enum
import resource
from collections.abc import Iterable
from typing import Any, cast

from prometheus_client import CollectorRegistry, Counter, Gauge
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from headcount.contract import PHONE_HOME_PATH
from headcount.ingest import Ingest
from headcount.server.http.reports_protocol import URLS, ReportCycle

_MOST_HEAD = 64 * 1024  # bytes of a head; one read may bring some more
_GRACE = 15.0  # seconds in which the rate of a body is not looked at
_SPARE = 200  # file descriptors for files, and for connections that are just being refused


class _Phase(enum.Enum):
    BETWEEN = enum.auto()  # of requests; also while one is answered
    HEAD = enum.auto()
    BODY = enum.auto()


class ConnectionLimits:
    """The limits of one server's connections. `set_limits` changes them while it serves."""

    def __init__(
        self, connections: int = 4000, head_seconds: int = 15, slowest: int = 2048,
        registry: CollectorRegistry | None = None,
    ) -> None:  # fmt: skip
        """See the settings of these names."""
        self.set_limits(connections, head_seconds, slowest)
        self._closed = Counter(
            "headcount_connections_closed", "Connections that were ended for what they did", ["why"], registry=registry
        )
        self._open = Gauge("headcount_connections", "Open connections", registry=registry)

    def set_limits(self, connections: int, head_seconds: int, slowest: int) -> None:
        """Replace the limits; open connections are held to the new ones."""
        self.connections = min(connections, _descriptors() - _SPARE)
        self.head_seconds = head_seconds
        self.slowest = slowest

    def admit(self, newest: LimitedProtocol, connections: set[Any]) -> bool:
        """Make room for a connection by ending the one that idles longest; return False where all are at work."""
        if len(connections) <= self.connections:
            return True
        idle = [each for each in connections if each is not newest and each.idles()]
        if not idle:
            self.end(newest, "no room", 503)
            return False
        self.end(min(idle, key=lambda each: each.since), "made room")
        return True

    def sweep(self, connections: Iterable[Any], now: float) -> None:
        """End the connections that are too slow; ``now`` is the time of the loop's clock."""
        count = 0
        for connection in list(connections):
            count += 1
            waited = now - connection.since
            if connection.transport.is_closing():
                if waited > 2 * self.head_seconds + _GRACE:  # it does not take what was written to it
                    connection.transport.abort()
            elif connection.phase is _Phase.HEAD and waited > self.head_seconds:
                self.end(connection, "slow head", 408)
            elif (
                connection.phase is _Phase.BODY and not connection.flow.read_paused and self._crawls(connection, waited)
            ):
                self.end(connection, "slow body", 200 if connection.scope.get("path") == PHONE_HOME_PATH else 408)
            elif connection.phase is _Phase.BETWEEN and connection.idles() and waited > self.head_seconds:
                self.end(connection, "idle")
        self._open.set(count)

    def end(self, connection: LimitedProtocol, why: str, status: int = 0) -> None:
        """Close a connection, with a status where its sender may still read one."""
        self._closed.labels(why).inc()
        if status and (connection.cycle is None or not connection.cycle.response_started):
            connection.transport.write(_REPLIES[status])
        connection.since = connection.loop.time()
        connection.transport.close()

    def malformed(self) -> None:
        """Count a request that is no HTTP."""
        self._closed.labels("malformed").inc()

    def _crawls(self, connection: LimitedProtocol, waited: float) -> bool:
        return waited > _GRACE and connection.received < self.slowest * waited


_REPLIES = {
    200: b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok",  # to stock, which repeats the rest
    408: b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
    431: b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
    503: b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 60\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
}


class LimitedProtocol(HttpToolsProtocol):
    """uvicorn's connection, which knows what it waits for and since when, and gives reports to ``ingest`` itself."""

    def __init__(self, *arguments: Any, limits: ConnectionLimits, ingest: Ingest | None = None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._limits = limits
        self._ingest = ingest
        self._head = 0
        self.phase = _Phase.BETWEEN
        self.since = self.loop.time()
        """When the phase began, by the loop's clock."""
        self.received = 0
        """Bytes of the body so far."""

    def idles(self) -> bool:
        """Return whether nothing is being received or answered."""
        return self.phase is _Phase.BETWEEN and (self.cycle is None or self.cycle.response_complete)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self._limits.admit(self, self.connections)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self.phase is _Phase.HEAD:
            self._head += len(data)
            if self._head > _MOST_HEAD:
                self._limits.end(self, "large head", 431)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = 0
        self._enter(_Phase.HEAD)

    def on_headers_complete(self) -> None:
        self.received = 0
        self._enter(_Phase.BODY)
        path = URLS.get(self.url) if self.parser.get_method() == b"POST" else None
        if self._ingest is None or path is None or self._is_pipelined() or self.flow.write_paused:
            super().on_headers_complete()
            return
        self._unset_keepalive_if_required()  # the answer to the one before may have set it, in the same read
        self.scope["path"] = path
        if self.expect_100_continue:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        keep_alive = self.parser.get_http_version() != "1.0" and self.parser.should_keep_alive()
        self.cycle = cast("Any", ReportCycle(self, self._ingest, path, keep_alive=keep_alive))

    def on_body(self, body: bytes) -> None:
        self.received += len(body)
        if isinstance(self.cycle, ReportCycle):
            self.cycle.feed(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._enter(_Phase.BETWEEN)
        if isinstance(self.cycle, ReportCycle):
            self.cycle.end()
        else:
            super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if isinstance(self.cycle, ReportCycle):
            self.cycle.end(cut_off=True)

    def on_response_complete(self) -> None:
        if self.phase is _Phase.BETWEEN:
            self.since = self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        self._limits.malformed()
        super().send_400_response(msg)

    def _is_pipelined(self) -> bool:
        """Return whether the request came before the one in front of it was answered, and is to wait for that."""
        return self.cycle is not None and not self.cycle.response_complete

    def _enter(self, phase: _Phase) -> None:
        self.phase = phase
        self.since = self.loop.time()


def _descriptors() -> int:
    """Ask for as many open files as this process may have; return how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard if hard != resource.RLIM_INFINITY else 1_000_000
