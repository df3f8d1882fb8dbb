"""Ingest: what takes requests to the two endpoints."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from headcount.contract import PHONE_HOME_PATH
from headcount.ingest._drops import Drops
from headcount.ingest._exchanges import Exchange, Parts, PhoneHomeExchange, ReportsExchange
from headcount.ingest._gate import Gate
from headcount.ingest._messages import Answer, Head
from headcount.ingest._meters import Meters
from headcount.ingest._pseudonym import Pseudonymizer
from headcount.ingest._reader import Taking
from headcount.ingest._writer import Writer

_Message = MutableMapping[str, Any]


class Ingest:
    """Takes requests to `headcount.contract.PATHS`: `begin` one, or call it as an ASGI application."""

    def __init__(
        self,
        writer: Writer,
        pseudonymizer: Pseudonymizer,
        now: Callable[[], float],
        gate: Gate | None = None,
        meters: Meters | None = None,
    ) -> None:
        """``now`` gives Unix time in seconds."""
        gate = Gate() if gate is None else gate
        meters = Meters() if meters is None else meters
        self._parts = Parts(writer, pseudonymizer, now, gate, meters, Taking(pseudonymizer, meters), Drops())

    def begin(self, head: Head, answer: Callable[[Answer], None]) -> Exchange:
        """Begin with a request, in a running event loop; ``answer`` is called in it, once, unless the sender goes away."""
        kind = PhoneHomeExchange if head.path == PHONE_HOME_PATH else ReportsExchange
        return kind(self._parts, head, answer)

    async def finish(self, seconds: float) -> None:
        """Wait for what is still being read of bodies that were taken; so many seconds at most."""
        await self._parts.taking.finish(seconds)

    async def __call__(
        self,
        scope: _Message,
        receive: Callable[[], Awaitable[_Message]],
        send: Callable[[_Message], Awaitable[None]],
    ) -> None:
        """Answer one request."""
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        client = scope.get("client")
        head = Head(scope["method"], scope["path"], scope["headers"], client[0] if client else None)
        exchange = self.begin(head, lambda answer: None if answered.done() else answered.set_result(answer))
        more = not answered.done()
        while more:
            message = await receive()
            exchange.feed(message.get("body", b""))
            more = message.get("more_body", False)
            if not more:
                exchange.end(cut_off=message["type"] == "http.disconnect")
                if message["type"] == "http.disconnect" and not answered.done():
                    return
        answer = await answered
        length = (b"content-length", str(len(answer.body)).encode())
        headers = [(b"content-type", answer.content_type), length, *answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})
