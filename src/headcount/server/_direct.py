"""Requests to the endpoints for reports, taken where uvicorn parses them.

An ASGI application costs a task, a scope and a handful of messages for each request: four times what it takes to parse one.
Reports come by the thousand a second, and need none of it.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from headcount.contract import PATHS
from headcount.ingest import Head, Ingest, Reply

URLS = {path.encode(): path for path in PATHS}
"""The targets of requests that may be taken so; one with a query or in another spelling is for the application."""


class DirectCycle:
    """A request and its answer on a connection of uvicorn's, in the place of a `RequestResponseCycle`."""

    def __init__(self, connection: Any, ingest: Ingest, path: str, *, keep_alive: bool) -> None:
        """Begin. ``connection``: a `HttpToolsProtocol` that has parsed the head."""
        self._connection = connection
        self.message_event = _UNHEARD
        self.keep_alive = keep_alive
        self.disconnected = False
        self.response_started = False
        self.response_complete = False
        self._ended = False
        client = connection.client
        head = Head(connection.parser.get_method().decode(), path, connection.headers, client[0] if client else None)
        self._exchange = ingest.begin(head, self._answer)

    def feed(self, body: bytes) -> None:
        """Some of the body came."""
        if not self.response_complete:
            self._exchange.feed(body)

    def end(self, *, cut_off: bool = False) -> None:
        """The body is whole, or its sender is gone."""
        if not self.response_complete and not self._ended:
            self._ended = True
            self._exchange.end(cut_off=cut_off)

    def _answer(self, answer: Reply) -> None:
        connection = self._connection
        self.response_started = self.response_complete = True
        if self.disconnected or connection.transport.is_closing():
            return
        connection.transport.write(_encode(answer, connection.server_state.default_headers, keep_alive=self.keep_alive))
        if not self.keep_alive:
            connection.transport.close()
        connection.on_response_complete()


def _encode(answer: Reply, defaults: list[tuple[bytes, bytes]], *, keep_alive: bool) -> bytes:
    lines = [STATUS_LINE[answer.status]]
    for name, value in (*defaults, *answer.headers):
        lines += (name, b": ", value, b"\r\n")
    if not keep_alive:
        lines.append(b"connection: close\r\n")
    length = str(len(answer.body)).encode()
    lines += (b"content-type: ", answer.content_type, b"\r\ncontent-length: ", length, b"\r\n\r\n", answer.body)
    return b"".join(lines)


_UNHEARD = asyncio.Event()  # that something came is told to the exchange itself
