"""One request and its reply, whatever carries them.

``/v1/reports`` replies honestly: 202 once the report is durable, 400 with every problem of the body, 413,
429 and 503 with ``Retry-After``. ``/events/phone_home`` is for stock Buildbot, which repeats in plain HTTP
whatever is refused: it replies with 200 and a few bytes, at once and always, and counts what it drops.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from headcount.contract import (
    ANONYMOUS,
    LARGEST_BODY,
    PHONE_HOME_PATH,
    REPORTS_PATH,
    SECRET_HEADER,
    Arrival,
    InvalidReport,
)
from headcount.ingest._arrival import check_secret, drop
from headcount.ingest._bodies import Body, BodyBuffer, NotJson, TooLarge
from headcount.ingest._drops import Drops
from headcount.ingest._gate import Gate
from headcount.ingest._messages import Head, Reply, encoding, header, refusal, retry_after
from headcount.ingest._meters import Meters
from headcount.ingest._newcomers import Newcomers
from headcount.ingest._pseudonym import Pseudonymizer
from headcount.ingest._reader import BodyReader, Busy, Outcome, Submission, Unreadable
from headcount.ingest._writer import Writer

logger = logging.getLogger(__name__)

_SECRET_HEADER = SECRET_HEADER.lower().encode()  # as the names in `Headers`
_LONG = 65  # characters: more of what should be a secret is not held, since it is none
_UNAVAILABLE = refusal(503, [("", "not now: try again later")], retry_after(60))
_TOO_LARGE = refusal(413, [("", f"a report has at most {LARGEST_BODY} bytes, also after inflation")])
_POST_ONLY = refusal(405, [("", "a report is sent with POST")], (b"allow", b"POST"))
_FAILED = refusal(500, [("", "the report could not be read")])
_OK = Reply(200, b"ok", content_type=b"text/plain")
_WHY: dict[type[object], str] = {
    NotJson: "not JSON",
    TooLarge: "too large",
    InvalidReport: "no report",
    Unreadable: "unreadable",
    Busy: "busy",
}


@dataclass
class Receipt:
    """What a reporter is told of the report that was accepted: JSON, the same for everybody."""

    body: bytes = b"{}"


@dataclass(frozen=True)
class Services:
    """What all exchanges share. ``now`` returns Unix time in seconds."""

    writer: Writer
    pseudonymizer: Pseudonymizer
    now: Callable[[], float]
    gate: Gate
    meters: Meters
    reader: BodyReader
    drops: Drops
    newcomers: Newcomers
    receipt: Receipt


class Exchange(ABC):
    """One request. Its reply comes once, in the event loop: when it begins, at the end of its body, or later."""

    def __init__(self, services: Services, head: Head, reply: Callable[[Reply], None]) -> None:
        """Begin. An exchange that calls ``reply`` already here takes no body."""
        self._services = services
        self._encoding = encoding(
            head.headers
        )  # and not the head, which may be large and would be held as long as the body
        self._reply = reply
        self._sender = services.gate.sender(head.client, head.headers)
        self._wait = services.gate.admit(self._sender)
        self.is_refused = self._wait > 0
        """Whether its head already tells that nothing is taken."""
        self._buffer = BodyBuffer(services.gate.memory, self._sender)

    def feed(self, chunk: bytes) -> None:
        """Add the next chunk of the body."""
        self._buffer.feed(chunk)

    def end(self, *, cut_off: bool = False) -> None:
        """Process the body as it is. ``cut_off``: its sender went away before its end."""
        body = self._buffer.end(cut_off=cut_off)
        self._services.meters.body(len(body.data))
        self._process(body)

    @abstractmethod
    def _process(self, body: Body) -> None: ...

    def _read(self, body: bytes, then: Callable[[Outcome], None], *, ours: bool, secret: str | None = None) -> None:
        services = self._services

        def read(outcome: Outcome, size: int) -> None:
            self._buffer.release()
            services.gate.charge(self._sender, max(size, len(body)))
            then(services.newcomers.mark(outcome, self._sender) if isinstance(outcome, Arrival) else outcome)

        submission = Submission(body, self._sender, self._encoding, int(services.now()), ours, secret)
        services.reader.read(submission, read)


class ReportsExchange(Exchange):
    """A request to `REPORTS_PATH`."""

    def __init__(self, services: Services, head: Head, reply: Callable[[Reply], None]) -> None:
        super().__init__(services, head, reply)
        secret = header(head.headers, _SECRET_HEADER)
        self._secret = None if secret is None else secret[:_LONG]
        if head.method != "POST":
            self.is_refused = True
            reply(_POST_ONLY)
        elif self._wait:
            self._end("quota", _too_many(self._wait))

    def _process(self, body: Body) -> None:
        if body.problem:
            self._buffer.release()
            self._end(body.problem, {"too large": _TOO_LARGE, "no memory": _UNAVAILABLE}.get(body.problem))
            return
        try:
            secret = check_secret(self._secret)
        except InvalidReport as error:
            self._buffer.release()
            self._settle(error)
        else:
            self._read(body.data, self._settle, ours=True, secret=secret)

    def _settle(self, outcome: Outcome) -> None:
        if isinstance(outcome, Arrival):
            self._write(outcome)
        elif isinstance(outcome, InvalidReport):
            self._end("invalid", refusal(400, outcome.problems))
        elif isinstance(outcome, NotJson):
            self._end("not JSON", refusal(400, [("", str(outcome))]))
        elif isinstance(outcome, TooLarge):
            self._end("too large", _TOO_LARGE)
        elif isinstance(outcome, Busy):
            self._end("busy", _UNAVAILABLE)
        else:
            self._end("unreadable", _FAILED)

    def _write(self, arrival: Arrival) -> None:
        def written(durable: bool) -> None:  # a callback
            accepted = Reply(202, self._services.receipt.body)
            self._end(_label(arrival) if durable else "put off", accepted if durable else _UNAVAILABLE)

        if not self._services.writer.write(arrival, written):
            written(False)

    def _end(self, label: str, reply: Reply | None) -> None:
        self._services.meters.report(REPORTS_PATH, label)
        if reply is not None:
            self._reply(reply)


class PhoneHomeExchange(Exchange):
    """A request to `PHONE_HOME_PATH`, of whatever method."""

    def __init__(self, services: Services, head: Head, reply: Callable[[Reply], None]) -> None:
        super().__init__(services, head, reply)
        if self._wait:
            self._buffer.refuse("quota")

    def _process(self, body: Body) -> None:
        self._reply(_OK)
        if body.problem:
            self._drop(body.problem, body.data)
            self._buffer.release()
        else:
            self._read(body.data, lambda outcome: self._settle(outcome, body.data), ours=False)

    def _settle(self, outcome: Outcome, body: bytes) -> None:
        if isinstance(outcome, Arrival):
            self._write(outcome)
        else:
            self._drop(_WHY[type(outcome)], body)

    def _write(self, arrival: Arrival) -> None:
        if self._services.writer.write_soon(arrival):
            self._services.meters.report(PHONE_HOME_PATH, _label(arrival))
        else:
            self._services.meters.report(PHONE_HOME_PATH, "dropped: inbox full")
            logger.warning("the inbox is full: a stock report was dropped")

    def _drop(self, why: str, body: bytes) -> None:
        label = f"dropped: {why}"
        self._services.meters.report(PHONE_HOME_PATH, label)
        note = drop(label, int(self._services.now()), body, self._services.pseudonymizer)
        if self._services.drops.is_new(note):
            self._services.writer.write_soon(note)


def _too_many(wait: int) -> Reply:
    return refusal(429, [("", "too many reports from where this one comes from")], retry_after(wait))


def _label(arrival: Arrival) -> str:
    """Return the outcome under which the meters count a report that is in the inbox."""
    return "without an id" if arrival.what == ANONYMOUS else "kept"
