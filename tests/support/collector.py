"""The edge of a collector in this process: real sockets, a real inbox, and a clock that is read ahead."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from prometheus_client import CollectorRegistry

from headcount.ingest import Gate, Inbox, Ingest, Pseudonymizer, Writer
from headcount.server.http.limits import ConnectionLimits
from headcount.server.http.running import Served, new_loop, opened
from tests.support.reports import REPORT

BODY = json.dumps(REPORT).encode()
HEAD = b"POST /v1/reports HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % len(BODY)
GET = b"GET /page HTTP/1.1\r\nhost: x\r\n\r\n"
LARGE = 16 * 1024 * 1024
"""Bytes of the reply at ``/large``."""


class Answer(NamedTuple):
    """What was answered."""

    status: int
    headers: dict[str, str]
    body: bytes


class Peer:
    """A connection to the collector."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, *parts: bytes) -> None:
        """Send each part so that it is read by itself."""
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()
            await asyncio.sleep(0.002)

    async def answer(self, *, bare: bool = False) -> Answer:
        """The next answer; ``bare``: it has no body, whatever its head says."""
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)
        first, *lines = head.decode().split("\r\n")[:-2]
        headers = dict(line.split(": ", 1) for line in lines)
        length = 0 if bare else int(headers.get("content-length", 0))
        return Answer(int(first.split()[1]), headers, await asyncio.wait_for(self.reader.readexactly(length), 10))

    async def rest(self) -> bytes:
        """All that comes until the connection ends, however it does."""
        with contextlib.suppress(ConnectionError):
            return await asyncio.wait_for(self.reader.read(), 10)
        return b""

    def close(self) -> None:
        """Close the connection."""
        self.writer.close()


class Collector:
    """A server in this loop."""

    def __init__(
        self, limits: ConnectionLimits, registry: CollectorRegistry, port: int, gate: Gate, inbox: Inbox
    ) -> None:
        self.limits = limits
        self.gate = gate
        self.inbox = inbox
        self.seen: list[dict[str, Any]] = []
        """The requests that the application got."""
        self._registry = registry
        self._port = port
        self._peers: list[Peer] = []

    async def connect(self, *sent: bytes, source: str = "127.0.0.1") -> Peer:
        """A connection from an address, on which something was sent and read by the server."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, local_addr=(source, 0))
        peer = Peer(reader, writer)
        self._peers.append(peer)
        await peer.send(*sent)
        await asyncio.sleep(0.01)
        return peer

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds; fail after ten seconds."""
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.002)

    def pass_time(self, seconds: float) -> None:
        """Sweep as if so many seconds had passed since the last that happened."""
        self.limits.sweep(asyncio.get_running_loop().time() + seconds)

    def closed(self, why: str) -> float:
        """How many connections were ended for that."""
        return self._registry.get_sample_value("headcount_connections_closed_total", {"why": why}) or 0

    def ended(self) -> float:
        """How many connections were ended for whatever they did."""
        samples = [sample for metric in self._registry.collect() for sample in metric.samples]
        return sum(sample.value for sample in samples if sample.name == "headcount_connections_closed_total")

    def taken(self) -> int:
        """How many arrivals wait in the inbox."""
        return len(self.inbox.waiting(0, 100_000).arrivals)

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        """The application: it notes what it gets, and answers with a page, a large one at ``/large``."""
        message = await receive()
        body = message["body"]
        while message.get("more_body"):
            message = await receive()
            body += message["body"]
        self.seen.append({**scope, "body": body})
        page = b"p" * (LARGE if scope["path"] == "/large" else 4)
        headers = [(b"content-length", b"%d" % len(page)), (b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": page})

    async def leave(self) -> None:
        """Close the connections that a test left, on both sides."""
        for peer in self._peers:
            peer.writer.transport.abort()
        self.pass_time(1000)  # some are read no further
        await self.until(lambda: len(self.limits) == 0)


@contextlib.asynccontextmanager
async def collecting(path: Path, *, connections: int = 1000, held: int = 1 << 26, proxies: Any = (),
                     quota: int = 0) -> AsyncIterator[Collector]:  # fmt: skip
    """Keep a collector running in this loop, over an inbox at ``path``."""
    registry = CollectorRegistry()
    gate = Gate(quota, proxies, 16)
    limits = ConnectionLimits(
        connections,
        head_seconds=10,
        body_seconds=60,
        slowest=1000,
        held=held,
        block_of=gate.neighbours,
        registry=registry,
    )
    with closing(Inbox(path)) as inbox, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.setblocking(False)
        collector = Collector(limits, registry, listener.getsockname()[1], gate, inbox)
        writer = Writer(inbox)
        ingest = Ingest(writer, Pseudonymizer(b"k" * 32), lambda: 1_790_000_000.0, gate)
        async with opened(Served(collector.app, listener, limits, ingest), listener):
            try:
                yield collector
            finally:
                await collector.leave()
        await ingest.finish(10)
        writer.stop()


def run(path: Path, test: Callable[[Collector], Awaitable[None]], **named: Any) -> None:
    """Run a test against a collector; it leaves no connection, and no memory that is held."""

    async def whole() -> None:
        async with collecting(path / "inbox.sqlite", **named) as collector:
            await test(collector)
        assert collector.limits.held == 0
        assert collector.gate.memory.held == 0

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(whole())
