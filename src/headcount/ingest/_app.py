"""The two endpoints, as an ASGI application.

``/v1/reports`` is for our reporter and answers honestly: 202 once the report is durable, 400 with every problem of the
body, 413, 429 and 503 with ``Retry-After``. ``/events/phone_home`` is for stock Buildbot, which repeats in plain HTTP
whatever is refused: it answers 200 with a few bytes, at once and always, and counts what it drops.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from headcount.contract import InvalidReport, Report, read_report, read_stock, vocabulary
from headcount.ingest._arrival import ANONYMOUS, SECRET_HEADER, Arrival, arrival, check_secret, drop
from headcount.ingest._bodies import MAX_BODY, NotJson, TooLarge, inflate, parse
from headcount.ingest._drops import Drops
from headcount.ingest._gate import Gate
from headcount.ingest._http import (
    Body,
    Receive,
    Scope,
    Send,
    encoding,
    header,
    receive_body,
    refuse,
    reply,
    retry_after,
)
from headcount.ingest._meters import Meters
from headcount.ingest._pseudonym import Pseudonymizer
from headcount.ingest._writer import Busy, Writer

logger = logging.getLogger(__name__)

REPORTS = "/v1/reports"
PHONE_HOME = "/events/phone_home"
PATHS = frozenset({REPORTS, PHONE_HOME})

_LARGE = 64 * 1024  # bytes after inflation; a larger body is read in a thread, so that it delays nobody else's
_RETRY_AFTER = 60  # seconds
_LATER = ("", "not now: try again later")
_TOO_LARGE = ("", f"a report has at most {MAX_BODY} bytes, also after inflation")


class Ingest:
    """An ASGI application for `PATHS`. ``now`` gives Unix time in seconds."""

    def __init__(
        self,
        writer: Writer,
        pseudonymizer: Pseudonymizer,
        now: Callable[[], float],
        gate: Gate | None = None,
        meters: Meters | None = None,
    ) -> None:
        self._writer = writer
        self._pseudonymizer = pseudonymizer
        self._now = now
        self._gate = Gate() if gate is None else gate
        self._meters = Meters() if meters is None else meters
        self._vocabulary = vocabulary()
        self._drops = Drops()
        # One thread: reading a body holds the interpreter, and what 8 MiB of JSON take as objects is taken once.
        self._large = ThreadPoolExecutor(1, "large-bodies")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["path"] == PHONE_HOME:
            await self._phone_home(scope, receive, send)
        elif scope["method"] != "POST":
            await refuse(send, 405, [("", "a report is sent with POST")], (b"allow", b"POST"))
        else:
            outcome = await self._reports(scope, receive, send)
            self._meters.report(REPORTS, outcome)

    async def _reports(self, scope: Scope, receive: Receive, send: Send) -> str:
        """Answer; return what became of the report."""
        sender = self._gate.sender(scope)
        wait = self._gate.admit(sender, self._now())
        if wait:
            await refuse(send, 429, [("", "too many reports from where this one comes from")], retry_after(wait))
            return "quota"
        body = await self._receive(receive)
        try:
            if body.problem == "too large":
                await refuse(send, 413, [_TOO_LARGE])
            elif body.problem == "no memory":
                await refuse(send, 503, [_LATER], retry_after(_RETRY_AFTER))
            elif not body.problem:
                self._gate.charge(sender, len(body.data), self._now())
                return await self._keep(scope, send, body.data)
            return body.problem
        finally:
            self._free(body)

    async def _keep(self, scope: Scope, send: Send, body: bytes) -> str:
        try:
            secret = check_secret(header(scope, SECRET_HEADER))
            taken = await self._read(read_report, body, encoding(scope), secret)
            await self._writer.write(taken)
        except TooLarge:
            await refuse(send, 413, [_TOO_LARGE])
            return "too large"
        except NotJson as error:
            await refuse(send, 400, [("", str(error))])
            return "not JSON"
        except InvalidReport as error:
            await refuse(send, 400, error.problems)
            return "invalid"
        except Busy:
            await refuse(send, 503, [_LATER], retry_after(_RETRY_AFTER))
            return "put off"
        await reply(send, 202, b"{}")
        return _kept(taken)

    async def _phone_home(self, scope: Scope, receive: Receive, send: Send) -> None:
        sender = self._gate.sender(scope)
        over = self._gate.admit(sender, self._now())
        body = await self._receive(receive)
        try:
            await reply(send, 200, b"ok", content_type=b"text/plain")
            if over or body.problem:
                self._drop("dropped: quota" if over else f"dropped: {body.problem}", body.data)
            else:
                self._gate.charge(sender, len(body.data), self._now())
                await self._keep_stock(body.data, encoding(scope))
        finally:
            self._free(body)

    async def _keep_stock(self, body: bytes, content_encoding: str) -> None:
        try:
            taken = await self._read(read_stock, body, content_encoding)
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
            if self._writer.write_soon(taken):
                self._meters.report(PHONE_HOME, _kept(taken))
            else:
                self._meters.report(PHONE_HOME, "dropped: inbox full")
                logger.warning("the inbox is full: a stock report was dropped")

    def _drop(self, kind: str, body: bytes) -> None:
        self._meters.report(PHONE_HOME, kind)
        note = drop(kind, int(self._now()), body, self._pseudonymizer)
        if self._drops.is_new(note):
            self._writer.write_soon(note)

    async def _receive(self, receive: Receive) -> Body:
        body = await receive_body(receive, self._gate)
        self._meters.body(len(body.data), self._gate.in_flight)
        return body

    def _free(self, body: Body) -> None:
        self._gate.free(len(body.data))
        self._meters.in_flight(self._gate.in_flight)

    async def _read(
        self, read: Callable[..., Report], body: bytes, content_encoding: str, secret: str | None = None
    ) -> Arrival:
        try:
            data = inflate(body, content_encoding, _LARGE)
        except TooLarge:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._large, self._take_large, read, body, content_encoding, secret)
        return self._take(read, data, secret)

    def _take(self, read: Callable[..., Report], data: bytes, secret: str | None) -> Arrival:
        report = read(parse(data), self._vocabulary)
        self._meters.scrubbed(report.profile)
        return arrival(report, report.install, int(self._now()), self._pseudonymizer, secret)

    def _take_large(
        self, read: Callable[..., Report], body: bytes, content_encoding: str, secret: str | None
    ) -> Arrival:
        try:
            return self._take(read, inflate(body, content_encoding), secret)
        except ValueError as error:  # all that is wrong with a body is one
            raise error.with_traceback(None) from None  # the frames hold the inflated body, and wait for the event loop


def _kept(taken: Arrival) -> str:
    return "without an id" if taken.what == ANONYMOUS else "kept"
