"""The edge: connections that send slowly, idle, too much or nonsense are ended, and counted.

uvicorn bounds neither the head of a request nor the time that one takes to come, and keeps a connection that never sends.
Its parser refuses what is no HTTP; here such requests are counted, since a log line for each would be a flood of its own.
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
from headcount.server.http.reports_protocol import URLS, DirectCycle

_MOST_HEAD = 64 * 1024  # bytes of a head; one read may bring some more
_GRACE = 15.0  # seconds in which the rate of a body is not looked at
_SPARE = 200  # file descriptors for files, and for connections that are just being refused


class _Phase(enum.Enum):
    BETWEEN = enum.auto()  # of requests; also while one is answered
    HEAD = enum.auto()
    BODY = enum.auto()


class Guard:
    """Bounds for the connections of one server. `bound` changes them while it serves."""

    def __init__(
        self, connections: int = 4000, head_seconds: int = 15, slowest: int = 2048,
        registry: CollectorRegistry | None = None,
    ) -> None:  # fmt: skip
        """See the settings of these names."""
        self.bound(connections, head_seconds, slowest)
        self._closed = Counter(
            "headcount_connections_closed", "Connections that were ended for what they did", ["why"], registry=registry
        )
        self._open = Gauge("headcount_connections", "Open connections", registry=registry)

    def bound(self, connections: int, head_seconds: int, slowest: int) -> None:
        """Take other bounds."""
        self.connections = min(connections, _descriptors() - _SPARE)
        self.head_seconds = head_seconds
        self.slowest = slowest

    def admit(self, newest: GuardedProtocol, connections: set[Any]) -> bool:
        """Make room for a connection by ending the one that idles longest; False where all are at work."""
        if len(connections) <= self.connections:
            return True
        idle = [one for one in connections if one is not newest and one.idles()]
        if not idle:
            self.end(newest, "no room", 503)
            return False
        self.end(min(idle, key=lambda one: one.since), "made room")
        return True

    def sweep(self, connections: Iterable[Any], now: float) -> None:
        """End the connections that are too slow at a time of the loop's clock."""
        count = 0
        for one in list(connections):
            count += 1
            waited = now - one.since
            if one.transport.is_closing():
                if waited > 2 * self.head_seconds + _GRACE:  # it does not take what was written to it
                    one.transport.abort()
            elif one.phase is _Phase.HEAD and waited > self.head_seconds:
                self.end(one, "slow head", 408)
            elif one.phase is _Phase.BODY and not one.flow.read_paused and self._crawls(one, waited):
                self.end(one, "slow body", 200 if one.scope.get("path") == PHONE_HOME_PATH else 408)
            elif one.phase is _Phase.BETWEEN and one.idles() and waited > self.head_seconds:
                self.end(one, "idle")
        self._open.set(count)

    def end(self, one: GuardedProtocol, why: str, status: int = 0) -> None:
        """Close a connection, with a status where its sender may still read one."""
        self._closed.labels(why).inc()
        if status and (one.cycle is None or not one.cycle.response_started):
            one.transport.write(_ANSWERS[status])
        one.since = one.loop.time()
        one.transport.close()

    def malformed(self) -> None:
        """Count a request that is no HTTP."""
        self._closed.labels("malformed").inc()

    def _crawls(self, one: GuardedProtocol, waited: float) -> bool:
        return waited > _GRACE and one.received < self.slowest * waited


_ANSWERS = {
    200: b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok",  # to stock, which repeats the rest
    408: b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
    431: b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
    503: b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 60\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
}


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's connection, which knows what it waits for and since when, and gives reports to ``ingest`` itself."""

    def __init__(self, *arguments: Any, guard: Guard, ingest: Ingest | None = None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._guard = guard
        self._ingest = ingest
        self._head = 0
        self.phase = _Phase.BETWEEN
        self.since = self.loop.time()
        """When the phase began, by the loop's clock."""
        self.received = 0
        """Bytes of the body so far."""

    def idles(self) -> bool:
        """Whether nothing is being received or answered."""
        return self.phase is _Phase.BETWEEN and (self.cycle is None or self.cycle.response_complete)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self._guard.admit(self, self.connections)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self.phase is _Phase.HEAD:
            self._head += len(data)
            if self._head > _MOST_HEAD:
                self._guard.end(self, "large head", 431)

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
        self.cycle = cast("Any", DirectCycle(self, self._ingest, path, keep_alive=keep_alive))

    def on_body(self, body: bytes) -> None:
        self.received += len(body)
        if isinstance(self.cycle, DirectCycle):
            self.cycle.feed(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._enter(_Phase.BETWEEN)
        if isinstance(self.cycle, DirectCycle):
            self.cycle.end()
        else:
            super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if isinstance(self.cycle, DirectCycle):
            self.cycle.end(cut_off=True)

    def on_response_complete(self) -> None:
        if self.phase is _Phase.BETWEEN:
            self.since = self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        self._guard.malformed()
        super().send_400_response(msg)

    def _is_pipelined(self) -> bool:
        """Whether the request came before the one in front of it was answered, and is to wait for that."""
        return self.cycle is not None and not self.cycle.response_complete

    def _enter(self, phase: _Phase) -> None:
        self.phase = phase
        self.since = self.loop.time()


def _descriptors() -> int:
    """How many files this process may have open, after asking for as many as it may ask for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard if hard != resource.RLIM_INFINITY else 1_000_000
