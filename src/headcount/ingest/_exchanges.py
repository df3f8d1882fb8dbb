"""One request and its answer, whatever carries them.

``/v1/reports`` answers honestly: 202 once the report is durable, 400 with every problem of the body, 413, 429 and 503 with
``Retry-After``. ``/events/phone_home`` is for stock Buildbot, which repeats in plain HTTP whatever is refused: it answers
200 with a few bytes, at once and always, and counts what it drops.
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
from headcount.ingest._bodies import NotJson, TooLarge
from headcount.ingest._drops import Drops
from headcount.ingest._gate import Gate
from headcount.ingest._messages import Answer, Body, Head, Receiving, encoding, header, refusal, retry_after
from headcount.ingest._meters import Meters
from headcount.ingest._pseudonym import Pseudonymizer
from headcount.ingest._reader import Outcome, Sent, Taking, Unreadable
from headcount.ingest._writer import Writer

logger = logging.getLogger(__name__)

_SECRET_HEADER = SECRET_HEADER.lower().encode()  # as the names in `Headers`
_LATER = refusal(503, [("", "not now: try again later")], retry_after(60))
_TOO_LARGE = refusal(413, [("", f"a report has at most {LARGEST_BODY} bytes, also after inflation")])
_POST_ONLY = refusal(405, [("", "a report is sent with POST")], (b"allow", b"POST"))
_FAILED = refusal(500, [("", "the report could not be read")])
_TAKEN = Answer(202)
_OK = Answer(200, b"ok", content_type=b"text/plain")
_WHY: dict[type[object], str] = {
    NotJson: "not JSON",
    TooLarge: "too large",
    InvalidReport: "no report",
    Unreadable: "unreadable",
}


@dataclass(frozen=True)
class Parts:
    """What exchanges share. ``now`` gives Unix time in seconds."""

    writer: Writer
    pseudonymizer: Pseudonymizer
    now: Callable[[], float]
    gate: Gate
    meters: Meters
    taking: Taking
    drops: Drops


class Exchange(ABC):
    """One request. It is answered once, in the event loop: when it begins, at the end of its body, or later."""

    def __init__(self, parts: Parts, head: Head, answer: Callable[[Answer], None]) -> None:
        """Begin; what was answered then takes no body."""
        self._parts = parts
        self._head = head
        self._answer = answer
        self._sender = parts.gate.sender(head.client, head.headers)
        self._wait = parts.gate.admit(self._sender, parts.now())
        self._receiving = Receiving(parts.gate)

    def feed(self, chunk: bytes) -> None:
        """Take some more of the body."""
        self._receiving.feed(chunk)

    def end(self, *, cut_off: bool = False) -> None:
        """Take the body as it is; with ``cut_off`` its sender went away before its end."""
        body = self._receiving.end(cut_off=cut_off)
        self._parts.meters.body(len(body.data))
        self._received(body)

    @abstractmethod
    def _received(self, body: Body) -> None: ...

    def _take(self, body: bytes, then: Callable[[Outcome], None], *, ours: bool, secret: str | None = None) -> None:
        parts = self._parts
        parts.gate.charge(self._sender, len(body), parts.now())

        def taken(outcome: Outcome) -> None:
            parts.gate.free(len(body))
            then(outcome)

        parts.taking.take(Sent(body, encoding(self._head.headers), int(parts.now()), ours, secret), taken)


class ReportsExchange(Exchange):
    """A request to `REPORTS_PATH`."""

    def __init__(self, parts: Parts, head: Head, answer: Callable[[Answer], None]) -> None:
        super().__init__(parts, head, answer)
        if head.method != "POST":
            answer(_POST_ONLY)
        elif self._wait:
            self._end("quota", _too_many(self._wait))

    def _received(self, body: Body) -> None:
        if not body.problem:
            try:
                secret = check_secret(header(self._head.headers, _SECRET_HEADER))
            except InvalidReport as error:
                self._parts.gate.free(len(body.data))
                self._taken(error)
            else:
                self._take(body.data, self._taken, ours=True, secret=secret)
            return
        self._parts.gate.free(len(body.data))
        self._end(body.problem, {"too large": _TOO_LARGE, "no memory": _LATER}.get(body.problem))

    def _taken(self, outcome: Outcome) -> None:
        if isinstance(outcome, Arrival):
            self._write(outcome)
        elif isinstance(outcome, InvalidReport):
            self._end("invalid", refusal(400, outcome.problems))
        elif isinstance(outcome, NotJson):
            self._end("not JSON", refusal(400, [("", str(outcome))]))
        elif isinstance(outcome, TooLarge):
            self._end("too large", _TOO_LARGE)
        else:
            self._end("unreadable", _FAILED)

    def _write(self, arrival: Arrival) -> None:
        def written(durable: bool) -> None:  # a callback
            self._end(_kept(arrival) if durable else "put off", _TAKEN if durable else _LATER)

        if not self._parts.writer.write(arrival, written):
            written(False)

    def _end(self, outcome: str, answer: Answer | None) -> None:
        self._parts.meters.report(REPORTS_PATH, outcome)
        if answer is not None:
            self._answer(answer)


class PhoneHomeExchange(Exchange):
    """A request to `PHONE_HOME_PATH`, of whatever method."""

    def _received(self, body: Body) -> None:
        self._answer(_OK)
        if not self._wait and not body.problem:
            self._take(body.data, lambda outcome: self._taken(outcome, body.data), ours=False)
            return
        self._drop("quota" if self._wait else body.problem, body.data)
        self._parts.gate.free(len(body.data))

    def _taken(self, outcome: Outcome, body: bytes) -> None:
        if isinstance(outcome, Arrival):
            self._keep(outcome)
        else:
            self._drop(_WHY[type(outcome)], body)

    def _keep(self, arrival: Arrival) -> None:
        if self._parts.writer.write_soon(arrival):
            self._parts.meters.report(PHONE_HOME_PATH, _kept(arrival))
        else:
            self._parts.meters.report(PHONE_HOME_PATH, "dropped: inbox full")
            logger.warning("the inbox is full: a stock report was dropped")

    def _drop(self, why: str, body: bytes) -> None:
        kind = f"dropped: {why}"
        self._parts.meters.report(PHONE_HOME_PATH, kind)
        note = drop(kind, int(self._parts.now()), body, self._parts.pseudonymizer)
        if self._parts.drops.is_new(note):
            self._parts.writer.write_soon(note)


def _too_many(wait: int) -> Answer:
    return refusal(429, [("", "too many reports from where this one comes from")], retry_after(wait))


def _kept(arrival: Arrival) -> str:
    return "without an id" if arrival.what == ANONYMOUS else "kept"
