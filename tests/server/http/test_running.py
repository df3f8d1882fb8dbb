"""A server that stops: what was begun is answered, over TCP and through a Unix socket."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from headcount.ingest import Gate, Inbox, Ingest, Pseudonymizer, Writer
from headcount.server.http.limits import ConnectionLimits
from headcount.server.http.running import Served, new_loop, opened
from tests.support.collector import BODY, GET, HEAD, Peer


async def _until(condition: Any) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.002)


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_UNIX], ids=["tcp", "unix"])
def test_a_server_that_stops_answers_what_was_begun(tmp_path: Path, family: socket.AddressFamily) -> None:
    """Half a report may still come, a page may take long; idle connections end at once, new ones are refused."""
    address: Any = ("127.0.0.1", 0) if family == socket.AF_INET else str(tmp_path / "socket")

    async def whole() -> None:
        asked, free = asyncio.Event(), asyncio.Event()

        async def app(_scope: Any, _receive: Any, send: Any) -> None:
            asked.set()
            await free.wait()
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
            await send({"type": "http.response.body", "body": b"p"})

        async def connect() -> Peer:
            if family == socket.AF_UNIX:
                return Peer(*await asyncio.open_unix_connection(address))
            return Peer(*await asyncio.open_connection(*bound))

        with ExitStack() as stack:
            inbox = stack.enter_context(closing(Inbox(tmp_path / "inbox.sqlite")))
            listener = stack.enter_context(socket.socket(family))
            listener.bind(address)
            listener.setblocking(False)
            bound = listener.getsockname()
            writer = Writer(inbox)
            stack.callback(writer.stop)
            ingest = Ingest(writer, Pseudonymizer(b"k" * 32), lambda: 1_790_000_000.0, Gate())
            limits = ConnectionLimits()
            stopping = asyncio.Event()

            async def serve() -> None:
                async with opened(Served(app, listener, limits, ingest), listener):
                    await stopping.wait()

            server = asyncio.create_task(serve())
            await asyncio.sleep(0.01)
            half, page, idle = [await connect() for _ in range(3)]
            await half.send(HEAD + BODY[:100])
            await page.send(GET)
            await asked.wait()
            await _until(lambda: len(limits) == 3)
            stopping.set()
            assert await idle.rest() == b""
            with pytest.raises(OSError, match=r"refused|Connect call failed|No such file|reset"):
                await (await connect()).answer()
            await half.send(BODY[100:])
            assert (await half.answer()).status == 202
            assert await half.rest() == b""
            free.set()
            assert (await page.answer()).body == b"p"
            await asyncio.wait_for(server, 10)
            for peer in (half, page, idle):
                peer.close()
            assert len(inbox.waiting(0, 10).arrivals) == 1

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(whole())
