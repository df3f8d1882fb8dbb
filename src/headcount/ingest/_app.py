"""The two endpoints, as an ASGI application.

``/v1/reports`` is for our reporter and answers honestly: 202 once the report is durable, 400 with every problem of the
body, 413, 503 with ``Retry-After``. ``/events/phone_home`` is for stock Buildbot, which repeats in plain HTTP whatever is
refused: it answers 200 with a few bytes, at once and always, and counts what it drops.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any

import orjson

from headcount.contract import InvalidReport, Report, read_report, read_stock, vocabulary
from headcount.ingest._bodies import MAX_BODY, NotJson, TooLarge, inflate, parse
from headcount.ingest._inbox import Arrival
from headcount.ingest._pseudonym import Pseudonymizer
from headcount.ingest._writer import Busy, Writer

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

REPORTS = "/v1/reports"
PHONE_HOME = "/events/phone_home"
PATHS = frozenset({REPORTS, PHONE_HOME})

_LARGE = 64 * 1024  # bytes; a larger body is read in a thread, so that it delays nobody else's
_LARGE_ZIPPED = 4 * 1024  # the same for a compressed one: pipelines shrink to a two-hundredth
_RETRY_AFTER = b"60"


class Ingest:
    """An ASGI application for `PATHS`. ``now`` gives Unix time in seconds."""

    def __init__(self, writer: Writer, pseudonymizer: Pseudonymizer, now: Callable[[], float]) -> None:
        self._writer = writer
        self._pseudonymizer = pseudonymizer
        self._now = now
        self._vocabulary = vocabulary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["path"] == PHONE_HOME:
            await self._phone_home(scope, receive, send)
        elif scope["method"] != "POST":
            await _reply(send, 405, _errors("", "a report is sent with POST"), [(b"allow", b"POST")])
        else:
            await self._reports(scope, receive, send)

    async def _reports(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await _receive(receive)
            arrival = await self._off_loop(self._take, body, _encoding(scope))
            if arrival is None:
                self._writer.count(self._day(), "without an id")
            else:
                await self._writer.write(arrival)
        except TooLarge:
            await _reply(send, 413, _errors("", f"a report has at most {MAX_BODY} bytes, also after inflation"))
        except NotJson as error:
            await _reply(send, 400, _errors("", str(error)))
        except InvalidReport as error:
            await _reply(send, 400, _problems(error))
        except Busy:
            await _reply(send, 503, _errors("", "not now: try again later"), [(b"retry-after", _RETRY_AFTER)])
        else:
            await _reply(send, 202, b"{}")

    async def _phone_home(self, scope: Scope, receive: Receive, send: Send) -> None:
        body: bytes | None = None
        try:
            body = await _receive(receive)
        except TooLarge:
            self._writer.count(self._day(), "dropped: too large")
        await _reply(send, 200, b"ok", content_type=b"text/plain")
        if body is None:
            return
        try:
            arrival = await self._off_loop(self._take_stock, body, _encoding(scope))
        except NotJson:
            self._writer.count(self._day(), "dropped: not JSON")
        except TooLarge:
            self._writer.count(self._day(), "dropped: too large")
        except InvalidReport:
            self._writer.count(self._day(), "dropped: no report")
        except Exception as error:  # noqa: BLE001  # nothing that a sender sends may be seen as a failure
            # The message might hold what was sent; the type cannot.
            logger.error("a stock report could not be read: %s", type(error).__name__)  # noqa: TRY400
            self._writer.count(self._day(), "dropped: unreadable")
        else:
            if arrival is None:
                self._writer.count(self._day(), "without an id")
            elif not self._writer.write_soon(arrival):
                logger.warning("the inbox is full: a stock report was dropped")

    async def _off_loop(
        self, take: Callable[[bytes, str], Arrival | None], body: bytes, encoding: str
    ) -> Arrival | None:
        if len(body) > (_LARGE_ZIPPED if encoding else _LARGE):
            return await asyncio.to_thread(take, body, encoding)
        return take(body, encoding)

    def _take(self, body: bytes, encoding: str) -> Arrival | None:
        return self._arrival(read_report(parse(inflate(body, encoding)), self._vocabulary))

    def _take_stock(self, body: bytes, encoding: str) -> Arrival | None:
        return self._arrival(read_stock(parse(inflate(body, encoding)), self._vocabulary))

    def _arrival(self, report: Report) -> Arrival | None:
        if report.install is None:
            return None
        return arrival(report, report.install, int(self._now()), self._pseudonymizer)

    def _day(self) -> str:
        return datetime.fromtimestamp(self._now(), UTC).date().isoformat()


def arrival(report: Report, install: str, received: int, pseudonymizer: Pseudonymizer) -> Arrival:
    """Put a report of the installation ``install``, received at a Unix time, under pseudonyms."""
    content = report.profile.canonical()
    return Arrival(received, pseudonymizer.install(install), pseudonymizer.profile(content), content)


async def _receive(receive: Receive) -> bytes:
    """Read the whole body; raise `TooLarge` once it is over the bound, after reading on to its end.

    A sender that is cut off while it sends sees a broken connection, which stock takes for a reason to send again.
    """
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size <= MAX_BODY:
            chunks.append(chunk)
        else:
            chunks.clear()
        if not message.get("more_body", False):
            break
    if size > MAX_BODY:
        raise TooLarge
    return b"".join(chunks)


def _encoding(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"content-encoding":
            text: str = value.decode("latin-1").strip().lower()
            return text
    return ""


def _errors(where: str, what: str) -> bytes:
    return orjson.dumps({"problems": [{"where": where, "what": what}]})


def _problems(error: InvalidReport) -> bytes:
    return orjson.dumps({"problems": [{"where": where, "what": what} for where, what in error.problems]})


async def _reply(
    send: Send,
    status: int,
    body: bytes,
    headers: list[tuple[bytes, bytes]] | None = None,
    content_type: bytes = b"application/json",
) -> None:
    start = [(b"content-type", content_type), (b"content-length", str(len(body)).encode()), *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})
