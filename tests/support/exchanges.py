"""Requests to ingest without a socket, for many of them in little time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from headcount.ingest import Head, Ingest, Reply


async def call(
    ingest: Ingest,
    path: str,
    chunks: Iterable[bytes],
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "POST",
    client: str | None = "127.0.0.1",
    cut_off: bool = False,
) -> tuple[int, dict[str, str], bytes]:
    """One request whose body comes in chunks; status, headers and body of the answer, status 0 where there was none.

    With ``cut_off`` the sender goes away after the last chunk, before the end of the body.
    """
    replied: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in (headers or {}).items()]
    exchange = ingest.begin(Head(method, path, raw, client), replied.set_result)
    for chunk in chunks:
        if not replied.done():
            exchange.feed(chunk)
    if not replied.done():
        exchange.end(cut_off=cut_off)
    if cut_off and not replied.done():
        return 0, {}, b""
    reply = await replied
    return reply.status, {name.decode(): value.decode() for name, value in reply.headers}, reply.body
