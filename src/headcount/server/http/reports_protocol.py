"""Requests to the endpoints for reports, answered where uvicorn parses them.

An ASGI application costs a task, a scope and a handful of messages for each request: four times what it takes to parse the
request. Reports come by the thousand a second, and need none of it.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from headcount.contract import PATHS
from headcount.ingest import Head, Ingest, Reply

URLS = {path.encode(): path for path in PATHS}
"""The targets of such requests; a target with a query, or in another spelling, is for the application."""


class ReportCycle:
    """A request and its reply on a connection of uvicorn's, in the place of a `RequestResponseCycle`."""

    def __init__(self, connection: Any, ingest: Ingest, path: str, *, keep_alive: bool) -> None:
        """Begin. ``connection``: a `HttpToolsProtocol` that has parsed the head."""
        self._connection = connection
        self.message_event = _UNUSED
        self.keep_alive = keep_alive
        self.disconnected = False
        self.response_started = False
        self.response_complete = False
        self._ended = False
        client = connection.client
        head = Head(connection.parser.get_method().decode(), path, connection.headers, client[0] if client else None)
        self._exchange = ingest.begin(head, self._reply)

    def feed(self, body: bytes) -> None:
        """Take some more of the body."""
        if not self.response_complete:
            self._exchange.feed(body)

    def end(self, *, cut_off: bool = False) -> None:
        """End the body: it is whole, or with ``cut_off`` its sender is gone."""
        if not self.response_complete and not self._ended:
            self._ended = True
            self._exchange.end(cut_off=cut_off)

    def _reply(self, reply: Reply) -> None:
        connection = self._connection
        self.response_started = self.response_complete = True
        if self.disconnected or connection.transport.is_closing():
            return
        connection.transport.write(_encode(reply, connection.server_state.default_headers, keep_alive=self.keep_alive))
        if not self.keep_alive:
            connection.transport.close()
        connection.on_response_complete()


def _encode(reply: Reply, defaults: list[tuple[bytes, bytes]], *, keep_alive: bool) -> bytes:
    lines = [STATUS_LINE[reply.status]]
    for name, value in (*defaults, *reply.headers):
        lines += (name, b": ", value, b"\r\n")
    if not keep_alive:
        lines.append(b"connection: close\r\n")
    length = str(len(reply.body)).encode()
    lines += (b"content-type: ", reply.content_type, b"\r\ncontent-length: ", length, b"\r\n\r\n", reply.body)
    return b"".join(lines)


_UNUSED = asyncio.Event()  # that something came is told to the exchange itself
