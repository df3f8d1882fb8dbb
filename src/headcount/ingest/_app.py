"""The two endpoints, as an ASGI application.

``/v1/reports`` is for our reporter and answers honestly: 202 once the report is durable, 400 with every problem of the
body, 413, 503 with ``Retry-After``. ``/events/phone_home`` is for stock Buildbot, which repeats in plain HTTP whatever is
refused: it answers 200 with a few bytes, at once and always, and counts what it drops.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from typing import Any

import orjson

from headcount.contract import InvalidReport, read_report, read_stock, vocabulary
from headcount.ingest._arrival import SECRET_HEADER, Arrival, arrival, check_secret, drop
from headcount.ingest._bodies import MAX_BODY, NotJson, TooLarge, inflate, parse
from headcount.ingest._drops import Drops
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
        self._drops = Drops()

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
            secret = check_secret(_header(scope, SECRET_HEADER))
            taken = await self._off_loop(partial(self._take, secret=secret), body, _encoding(scope))
            await self._writer.write(taken)
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
        body, whole = await _receive_all(receive)
        await _reply(send, 200, b"ok", content_type=b"text/plain")
        if not whole:
            self._drop("dropped: too large", body[:_LARGE])  # how much more of it was kept depends on the connection
            return
        try:
            taken = await self._off_loop(self._take_stock, body, _encoding(scope))
        except NotJson:
            self._drop("dropped: not JSON", body)
        except TooLarge:
            self._drop("dropped: too large", body)
        except InvalidReport:
            self._drop("dropped: no report", body)
        except Exception as error:  # noqa: BLE001  # nothing that a sender sends may be seen as a failure
            # The message might hold what was sent; the type cannot.
            logger.error("a stock report could not be read: %s", type(error).__name__)  # noqa: TRY400
            self._drop("dropped: unreadable", body)
        else:
            if not self._writer.write_soon(taken):
                logger.warning("the inbox is full: a stock report was dropped")

    async def _off_loop(self, take: Callable[[bytes, str], Arrival], body: bytes, encoding: str) -> Arrival:
        if len(body) > (_LARGE_ZIPPED if encoding else _LARGE):
            return await asyncio.to_thread(take, body, encoding)
        return take(body, encoding)

    def _take(self, body: bytes, encoding: str, *, secret: str | None) -> Arrival:
        report = read_report(parse(inflate(body, encoding)), self._vocabulary)
        return arrival(report, report.install, int(self._now()), self._pseudonymizer, secret)

    def _take_stock(self, body: bytes, encoding: str) -> Arrival:
        report = read_stock(parse(inflate(body, encoding)), self._vocabulary)
        return arrival(report, report.install, int(self._now()), self._pseudonymizer)

    def _drop(self, kind: str, body: bytes) -> None:
        note = drop(kind, int(self._now()), body, self._pseudonymizer)
        if self._drops.is_new(note):
            self._writer.write_soon(note)


async def _receive(receive: Receive) -> bytes:
    """Read the whole body; raise `TooLarge` where it is over the bound."""
    body, whole = await _receive_all(receive)
    if not whole:
        raise TooLarge
    return body


async def _receive_all(receive: Receive) -> tuple[bytes, bool]:
    """Read a body to its end; return what of it is within the bound, and whether that is all.

    A sender that is cut off while it sends sees a broken connection, which stock takes for a reason to send again.
    """
    chunks: list[bytes] = []
    size = kept = 0
    while True:
        message = await receive()
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size <= MAX_BODY:
            chunks.append(chunk)
            kept = size
        if not message.get("more_body", False):
            break
    return b"".join(chunks), kept == size


def _header(scope: Scope, wanted: str) -> str | None:
    name = wanted.encode()
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1").strip()
            return text
    return None


def _encoding(scope: Scope) -> str:
    return (_header(scope, "content-encoding") or "").lower()


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
