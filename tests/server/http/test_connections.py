"""Connections that send slowly, idle, too much or nonsense: real sockets, a real server, and a clock that is read ahead."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from uvicorn.server import ServerState

from headcount.contract import Arrival
from headcount.ingest import Gate, Inbox, Ingest, Pseudonymizer, Writer
from headcount.server.http.connections import ConnectionLimits, LimitedProtocol
from headcount.server.http.running import Served, _config
from tests.support.reports import REPORT
from tests.support.serving import serving
from tests.support.waiting import wait_until

BODY = json.dumps(REPORT).encode()
HEAD = b"POST /v1/reports HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % len(BODY)


class Edge:
    """A server in this loop. `pass_time` sweeps as if so many seconds had passed."""

    def __init__(
        self,
        limits: ConnectionLimits,
        registry: CollectorRegistry,
        port: int,
        state: ServerState,
        gate: Gate,
        inbox: Inbox,
    ) -> None:
        self.gate = gate
        self.inbox = inbox
        self._limits = limits
        self._registry = registry
        self._port = port
        self._state = state

    async def connect(self, *sent: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection on which something was sent, and read by the server."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        for part in sent:
            writer.write(part)
            await writer.drain()
        await asyncio.sleep(0.02)
        return reader, writer

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds; fail after ten seconds."""
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.005)

    def pass_time(self, seconds: float) -> None:
        """Sweep."""
        self._limits.sweep(self._state.connections, asyncio.get_running_loop().time() + seconds)

    def closed(self, why: str) -> float:
        """How many connections were ended for that."""
        return self._registry.get_sample_value("headcount_connections_closed_total", {"why": why}) or 0

    def open(self) -> int:
        """How many are open."""
        return len(self._state.connections)


@contextlib.asynccontextmanager
async def _edge(path: Path, *, direct: bool, connections: int = 1000) -> AsyncIterator[Edge]:
    registry = CollectorRegistry()
    limits = ConnectionLimits(connections, head_seconds=10, slowest=1000, registry=registry)
    state = ServerState()
    with closing(Inbox(path)) as inbox:
        writer = Writer(inbox)
        gate = Gate()
        app: Any = Ingest(writer, Pseudonymizer(b"k" * 32), lambda: 1_790_000_000.0, gate)
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            config = _config(Served(app, listener, limits))
            config.load()
            server = await asyncio.get_running_loop().create_server(
                partial(
                    LimitedProtocol, config=config, server_state=state, app_state={}, limits=limits,
                    ingest=app if direct else None,
                ),
                sock=listener,
            )  # fmt: skip
            async with server:
                yield Edge(limits, registry, listener.getsockname()[1], state, gate, inbox)
        writer.stop()


Run = Callable[..., None]


@pytest.fixture(params=["direct", "application"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """Runs a test against a server that takes reports where it parses them, and one that leaves them to its application."""
    return partial(_run, tmp_path, request.param == "direct")


def _run(path: Path, direct: bool, test: Callable[[Edge], Awaitable[None]], **named: Any) -> None:
    async def whole() -> None:
        async with _edge(path / "inbox.sqlite", direct=direct, **named) as edge:
            await test(edge)
            await asyncio.sleep(0.02)  # what was closed is closed on both sides

    asyncio.run(whole())


def test_a_report_in_pieces_is_taken(run: Run) -> None:
    """Slow is not too slow: what comes within the bounds is answered, twice on one connection."""

    async def test(edge: Edge) -> None:
        reader, writer = await edge.connect(HEAD[:30])
        edge.pass_time(9)
        for _ in range(2):
            writer.write(HEAD[30:] + BODY[:200])
            await asyncio.sleep(0.02)
            edge.pass_time(14)
            writer.write(BODY[200:])
            assert b" 202 " in await reader.readuntil(b"\r\n\r\n{}")
            edge.pass_time(9)
            writer.write(HEAD[:30])
        writer.close()
        assert not sum(edge.closed(why) for why in ("slow head", "slow body", "idle", "malformed"))

    run(test)


@pytest.mark.parametrize(
    ("sent", "seconds", "why", "answer"),
    [
        ([], 11, "idle", b""),
        ([b"\r\n\r\n"], 11, "idle", b""),
        ([b"POST /v1/rep"], 11, "slow head", b"HTTP/1.1 408 "),
        ([HEAD[:-2], b"a: b\r\n"], 11, "slow head", b"HTTP/1.1 408 "),
        ([HEAD, BODY[:100]], 16, "slow body", b"HTTP/1.1 408 "),
        ([HEAD.replace(b"/v1/reports", b"/events/phone_home"), BODY[:100]], 16, "slow body", b"HTTP/1.1 200 "),
        ([HEAD + BODY, HEAD[:20]], 11, "slow head", b"HTTP/1.1 202 "),
    ],
    ids=["silent", "only newlines", "half a line", "no end of the head", "half a body", "stock's", "a second request"],
)
def test_who_is_too_slow_is_ended(run: Run, sent: list[bytes], seconds: float, why: str, answer: bytes) -> None:
    """Told why where that can still be told; stock hears 200, or it would send again in plain HTTP."""

    async def test(edge: Edge) -> None:
        reader, writer = await edge.connect(*sent)
        taken = answer.startswith(b"HTTP/1.1 202")  # the request before: it is durable at its own time
        begun = await asyncio.wait_for(reader.readexactly(len(answer)), 10) if taken else b""
        edge.pass_time(seconds - 2)
        assert edge.closed(why) == 0
        edge.pass_time(seconds)
        assert (begun + await asyncio.wait_for(reader.read(), 10)).startswith(answer)
        assert edge.closed(why) == 1
        writer.close()

    run(test)


def test_a_head_is_bounded(run: Run) -> None:
    """In one line, in many, and in the address."""

    async def test(edge: Edge) -> None:
        endless = [
            b"GET / HTTP/1.1\r\na: " + b"x" * 70_000,
            b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 12_000,
            b"GET /" + b"x" * 70_000,
        ]
        for number, head in enumerate(endless, 1):
            reader, writer = await edge.connect(*[head[at : at + 8000] for at in range(0, len(head), 8000)])
            answer = await asyncio.wait_for(reader.read(), 10)
            assert answer.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 400 "))
            assert edge.closed("large head") + edge.closed("malformed") == number
            writer.close()

    run(test)


def test_the_longest_idle_connection_makes_room(run: Run) -> None:
    """Who is sending keeps their place; where all are, the newest is turned away."""

    async def test(edge: Edge) -> None:
        busy = [await edge.connect(HEAD, BODY[:10]) for _ in range(3)]
        idle = [await edge.connect() for _ in range(2)]
        newest = await edge.connect(HEAD + BODY)
        assert b" 202 " in await newest[0].readuntil(b"\r\n")
        assert (await idle[0][0].read(), edge.closed("made room")) == (b"", 1)
        more = [await edge.connect(HEAD, BODY[:10]) for _ in range(2)]
        refused = await edge.connect()
        assert (await refused[0].read()).startswith(b"HTTP/1.1 503 ")
        assert edge.open() == 5
        for reader, writer in busy:
            writer.write(BODY[10:])
            assert b" 202 " in await reader.readuntil(b"\r\n")
        for _, writer in [*busy, *idle, *more, newest, refused]:
            writer.close()

    run(test, connections=5)


def test_requests_in_a_row_are_answered_in_a_row(run: Run) -> None:
    """Sent before the first is answered, good and bad, to both endpoints and in other spellings: each in its turn."""

    async def test(edge: Edge) -> None:
        stock = HEAD.replace(b"/v1/reports", b"/events/phone_home")
        other = HEAD.replace(b"/v1/reports", b"/v1/reports?a=b")
        wrong = HEAD.replace(b"%d" % len(BODY), b"1")
        get = b"GET /v1/reports HTTP/1.1\r\nhost: x\r\n\r\n"
        sent = [HEAD + BODY, stock + BODY, wrong + b"{", get, other + BODY, HEAD + BODY]
        reader, writer = await edge.connect(b"".join(sent))
        for status in (202, 200, 400, 405, 202, 202):
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            assert head.startswith(b"HTTP/1.1 %d " % status), head
            (length,) = [line for line in head.split(b"\r\n") if line.startswith(b"content-length: ")]
            await reader.readexactly(int(length.partition(b" ")[2]))
        assert edge.open() == 1
        writer.close()

    run(test)


def test_a_connection_is_kept_as_its_sender_asks(run: Run) -> None:
    """HTTP/1.0 and ``close`` end it after the answer; ``100-continue`` is answered before the body."""

    async def test(edge: Edge) -> None:
        for head in (HEAD.replace(b"HTTP/1.1", b"HTTP/1.0"), HEAD.replace(b"host: x", b"connection: close")):
            reader, writer = await edge.connect(head + BODY)
            answer = await asyncio.wait_for(reader.read(), 10)
            assert b" 202 " in answer
            assert b"\r\nconnection: close\r\n" in answer
            writer.close()
        reader, writer = await edge.connect(HEAD.replace(b"host: x", b"expect: 100-continue"))
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
        writer.write(BODY)
        assert (await reader.readuntil(b"\r\n\r\n{}")).startswith(b"HTTP/1.1 202 ")
        writer.close()

    run(test)


def test_a_head_has_no_body(run: Run) -> None:
    """Of an answer to HEAD only the head comes, so that what comes next on the connection is not misread."""

    async def test(edge: Edge) -> None:
        for path, status in (("/v1/reports", 405), ("/events/phone_home", 200)):
            reader, writer = await edge.connect(
                f"HEAD {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode()
            )
            answer = await asyncio.wait_for(reader.read(), 10)
            assert answer.startswith(f"HTTP/1.1 {status} ".encode())
            assert answer.endswith(b"\r\n\r\n")
            writer.close()

    run(test)


def test_who_goes_away_during_the_commit_holds_up_nobody(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with a request behind theirs; the sender who shares the commit hears of it, and all of it is kept."""

    async def test(edge: Edge) -> None:
        free = threading.Event()
        append = edge.inbox.append

        def slow(arrivals: Sequence[Arrival]) -> None:
            free.wait(10)
            append(arrivals)

        monkeypatch.setattr(edge.inbox, "append", slow)
        stock = HEAD.replace(b"/v1/reports", b"/events/phone_home")
        gone = [await edge.connect(stock + BODY + HEAD + BODY + b"GET / HTTP/1.1\r\nhost: x\r\n\r\n") for _ in range(2)]
        stays, writer = await edge.connect(HEAD + BODY)
        gone[0][1].transport.abort()
        gone[1][1].close()
        for _, one in gone:
            with contextlib.suppress(ConnectionError):
                await one.wait_closed()
        free.set()
        assert b" 202 " in await asyncio.wait_for(stays.readuntil(b"\r\n"), 10)
        await edge.until(lambda: len(edge.inbox.waiting(0, 10).arrivals) == 5)
        assert edge.open() == 1
        writer.close()

    run(test)


def test_half_a_report_is_none(run: Run) -> None:
    """Whose sender goes away in the middle: nothing of it is kept, and what it took of memory is free again."""

    async def test(edge: Edge) -> None:
        _, writer = await edge.connect(HEAD, BODY[:100])
        assert edge.gate.in_flight == 100
        writer.close()
        await edge.until(lambda: edge.open() == 0)
        assert edge.gate.in_flight == 0
        assert edge.inbox.waiting(0, 10).arrivals == []
        assert edge.open() == 0

    run(test)


LINES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([
        b"GET / HTTP/1.1", b"POST /v1/reports HTTP/1.1", b"POST /events/phone_home HTTP/1.0", b"GET * HTTP/1.1",
        b"CONNECT a:1 HTTP/1.1", b"OPTIONS * HTTP/1.1", b"PRI * HTTP/2.0", b"GET http://x/ HTTP/1.1",
        b"GET /%ff%00 HTTP/1.1", b"host: x", b"content-length: 5", b"content-length: -1", b"content-length: 5x",
        b"content-length: 99999999999999999999", b"transfer-encoding: chunked", b"transfer-encoding: gzip, chunked",
        b"connection: upgrade", b"upgrade: websocket", b"upgrade: h2c", b"expect: 100-continue", b"content-encoding: gzip",
        b" folded: x", b": empty", b"x\x00y: z", b"", b"5\r\nhello", b"ffffffffffffffff\r\n", b"0", b"{}",
        b"x-forwarded-for: " + b"1," * 50,
    ]),
)  # fmt: skip


def test_malformed_http_is_refused(run: Run) -> None:
    """Lines of HTTP in any order, and bytes: an answer under 500 or a closed connection, and the next request is served."""

    async def test(edge: Edge) -> None:
        async def one(data: bytes) -> None:
            reader, writer = await edge.connect(data)
            writer.write_eof()
            edge.pass_time(60)
            answered = await asyncio.wait_for(reader.read(), 10)
            for line in answered.split(b"\r\n"):
                assert not line.startswith(b"HTTP/1.1 5"), answered
            writer.close()

        loop = asyncio.get_running_loop()

        @settings(max_examples=60)
        @given(st.lists(LINES, max_size=8), st.sampled_from([b"\r\n", b"\n", b"\r"]))
        def check(lines: list[bytes], end: bytes) -> None:
            asyncio.run_coroutine_threadsafe(one(end.join(lines) + end * 2), loop).result(20)

        await asyncio.to_thread(check)
        reader, writer = await edge.connect(HEAD + BODY)
        assert b" 202 " in await reader.readuntil(b"\r\n")
        writer.close()

    run(test)


def test_a_thousand_idle_connections_keep_nobody_out(tmp_path: Path) -> None:
    """A real server that has room for 300: a report is taken among them, and nothing is logged for each."""
    with (
        serving(tmp_path / "data", tmp_path / "stderr", "--connections", "300") as served,
        contextlib.ExitStack() as stack,
    ):
        port = int(served.url.rpartition(":")[2])
        for _ in range(1000):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
        assert served.post("/v1/reports", REPORT).status == 202

        def closed() -> float:
            page = served.request("GET", "/metrics", headers={"Authorization": f"Bearer {served.token}"}).body.decode()
            found = [
                line for line in page.splitlines() if line.startswith('headcount_connections_closed_total{why="made')
            ]
            return float(found[0].rpartition(" ")[2]) if found else 0

        wait_until(lambda: closed() >= 700, "700 connections made room")
        assert served.stop() == ""
