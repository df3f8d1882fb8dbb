"""Ingest as a plain ASGI application, for an HTTP server as it comes: ``DATA=… uvicorn bench.plain:app``."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from headcount.ingest import Gate, Head, Inbox, Ingest, Pseudonymizer, Reply, Writer

_Message = MutableMapping[str, Any]
_ingest = Ingest(Writer(Inbox(Path(os.environ["DATA"]) / "inbox.sqlite")), Pseudonymizer(bytes(32)), time.time, Gate())


async def app(
    scope: _Message, receive: Callable[[], Awaitable[_Message]], send: Callable[[_Message], Awaitable[None]]
) -> None:
    """Serve one request to a path for reports."""
    replied: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
    head = Head(scope["method"], scope["path"], scope["headers"], scope["client"][0])
    exchange = _ingest.begin(head, replied.set_result)
    more = not replied.done()
    while more:
        message = await receive()
        exchange.feed(message.get("body", b""))
        more = message.get("more_body", False)
        if not more:
            exchange.end(cut_off=message["type"] == "http.disconnect")
    reply = await replied
    headers = [
        (b"content-type", reply.content_type),
        (b"content-length", b"%d" % len(reply.body)),
        *reply.headers,
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
