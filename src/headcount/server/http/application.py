"""Requests to the application: one to a connection, given to the HTTP server's own protocol when it is whole.

What that protocol reads is bounded by what was collected here, so it needs no limits of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from headcount.server.http.limits import Connection, ConnectionLimits, Pace
from headcount.server.http.messages import date

_LARGEST = 64 * 1024  # bytes of a body
_IN_TRANSIT = 16 * 1024  # bytes of a reply that may wait in memory before the application is told to wait

FURTHER = 64 * 1024
"""Bytes behind the last request that are read and thrown away; more are left to the sender."""


class RequestBody:
    """The body of a request to the application while it comes in, in the place of an `Exchange` of ingest."""

    def __init__(self, hold: Callable[[int], None], then: Callable[[bytes | None], None]) -> None:
        """``hold`` is told how many bytes are held; ``then`` is given the whole body, or None where it is too large."""
        self._hold = hold
        self._then = then
        self._data = bytearray()
        self._size = 0

    def feed(self, chunk: bytes) -> None:
        """Take some more of the body; of one that is too large nothing is held."""
        self._size += len(chunk)
        if self._size <= _LARGEST:
            self._data += chunk
        else:
            self._data.clear()
        self._hold(len(self._data))

    def end(self, *, cut_off: bool = False) -> None:
        """End the body: it is whole, or with ``cut_off`` its sender is gone."""
        if not cut_off:
            self._then(bytes(self._data) if self._size <= _LARGEST else None)


class Application:
    """An ASGI application, to which a connection is handed with the one request that it is to answer."""

    def __init__(self, app: ASGIApp, limits: ConnectionLimits) -> None:
        self._limits = limits
        self._config = uvicorn.Config(
            _dated(app),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,  # it would hold addresses
            proxy_headers=False,
            server_header=False,
        )
        self._config.load()
        self._state = ServerState()

    def take(self, transport: asyncio.Transport, block: bytes | None, request: bytes) -> None:
        """Answer a request, and close the connection."""
        protocol = HttpToolsProtocol(config=self._config, server_state=self._state, app_state={})
        connection = HandedOver(protocol, self._limits, block, request)
        transport.set_protocol(connection)
        connection.connection_made(transport)


class HandedOver(Connection):
    """A connection whose last request the HTTP server's protocol answers; what its peer still sends is thrown away."""

    def __init__(
        self, protocol: asyncio.Protocol, limits: ConnectionLimits, block: bytes | None, request: bytes
    ) -> None:
        self.block = block
        self._protocol = protocol
        self._limits = limits
        self._request = request
        self._further = 0
        self._pace = Pace(asyncio.get_running_loop().time())
        self._waiting = 0  # bytes of the reply that its peer had not taken when this was last looked at

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # all of ours are such
        self.transport = transport
        transport.set_write_buffer_limits(_IN_TRANSIT)
        self._limits.add(self)
        self._hold_with(0)
        self._protocol.connection_made(transport)
        self._protocol.data_received(self._request)

    def data_received(self, data: bytes) -> None:
        self._further += len(data)
        if self._further > FURTHER and not self.transport.is_closing():
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        return True  # who sends no more may still read the answer

    def pause_writing(self) -> None:
        self._hold_with(self.transport.get_write_buffer_size())
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        self._waiting = 0
        self._hold_with(0)
        self._protocol.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._limits.forget(self)
        self._protocol.connection_lost(exc)

    def overdue(self, now: float) -> tuple[str, int] | None:
        waiting = self.transport.get_write_buffer_size()
        if not waiting or not self._waiting:  # the application is at work, or its reply has just begun to wait
            self._pace.restart(now)
        self._pace.moved += max(self._waiting - waiting, 0)
        self._waiting = waiting
        return ("slow reader", 0) if self._pace.crawls(now, self._limits.slowest) else None

    def refuse(self, _status: int) -> None:
        self.transport.abort()  # an answer was begun, or the application is still at work

    def stop(self) -> None:
        """Do nothing: it is closed after its answer."""

    def _hold_with(self, reply: int) -> None:
        self._limits.hold(self, len(self._request) + reply)


def _dated(app: ASGIApp) -> ASGIApp:
    async def dated(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"date", date())]
            await send(message)

        await app(scope, receive, send_dated)

    return dated
