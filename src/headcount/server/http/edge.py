"""The edge: connections on which reports are taken where they are parsed, without a task or a message for each.

A request to a path for reports goes from its head straight to `Ingest.begin`. Any other is collected within bounds, written
again in one form, and handed to the application with its connection, as the last on it. Replies leave in the order of the
requests.
"""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial
from http import HTTPStatus
from typing import NamedTuple

from headcount.contract import PATHS, PHONE_HOME_PATH
from headcount.ingest import Head, Ingest, Reply
from headcount.server.http.application import FURTHER, Application, RequestBody
from headcount.server.http.limits import WINDOW, Connection, ConnectionLimits, Pace
from headcount.server.http.messages import CONTINUE, MalformedRequest, encode_reply, refusal, rewrite
from headcount.server.http.reading import Reading
from headcount.server.http.requests import BETWEEN, HEAD, LargeRequest, Request, RequestStream, head_size, path_of
from headcount.server.http.turn import Turn

_MUCH = 64 * 1024  # bytes in one read, after which others read before this connection reads on
_LINGER = 2.0  # seconds
_UNSENT = 16 * 1024  # bytes of replies that may wait to be taken, before no more requests are parsed
_WAITING = 16  # requests that may wait for their replies, before no more are parsed
_REFUSALS = 3  # requests that are refused by their heads, before the next is the last of its connection
_TARGETS = {path.encode(): path for path in PATHS}


class Door(NamedTuple):
    """What the connections to one listening socket have in common. ``ingest``: what takes reports; None: nothing does."""

    limits: ConnectionLimits
    application: Application
    ingest: Ingest | None


class Edge(Connection):
    """A connection while reports come on it."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._limits = door.limits
        self._loop = asyncio.get_running_loop()
        self._stream = RequestStream(self)
        self._client: str | None = None
        self._turns: deque[Turn] = deque()  # whose replies did not leave yet
        self._turn: Turn | None = None  # whose body is coming
        self._stopping = self._lingering = False
        self._further = 0  # bytes that came while lingering
        self._refusals = 0
        self._coming = self._held = 0  # bytes of the request that is coming, and of all that the limits were told of
        self._parsing = False
        self._stock = False  # the request whose body is coming is stock Buildbot's
        self._writing = True
        self._held_up = False
        self._pace = Pace(self._loop.time())  # since the last step: a head, its end, the end of a body, a reply

    # What the transport calls

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # all of ours are such
        self.transport = transport
        transport.set_write_buffer_limits(_UNSENT)
        self._reading = Reading(transport, self._limits)
        peer = transport.get_extra_info("peername")
        self._client = peer[0] if isinstance(peer, tuple) else None
        self.block = self._limits.block_of(self._client)
        self._limits.admit(self)

    def data_received(self, data: bytes) -> None:
        if self._lingering:
            self._further += len(data)
            self._regulate()
            return
        if len(data) > _MUCH:
            self._reading.rest(self._parse)
        self._parse(data)

    def eof_received(self) -> bool:
        """Answer what came whole, and close the connection after that."""
        self._stopping = True
        self._cut_off()
        return bool(self._turns)

    def pause_writing(self) -> None:
        self._writing = False  # who wrote regulates
        self._pace.restart(self._loop.time())

    def resume_writing(self) -> None:
        self._writing = True
        self._regulate()

    def connection_lost(self, _exc: Exception | None) -> None:
        self._limits.forget(self)
        self._cut_off()
        self._turns.clear()

    # What the stream of requests calls

    def request_began(self) -> None:
        self._pace.restart(self._loop.time())

    def head_came(self, request: Request) -> None:
        self._coming = 0
        path = _TARGETS.get(request.target) or path_of(request.target)
        self._stock = path == PHONE_HOME_PATH
        ingest = self._door.ingest if path in PATHS else None
        turn = self._turn = Turn(request, last=ingest is None or not request.keep_alive or self._refusals >= _REFUSALS)
        self._turns.append(turn)
        self._pace.restart(self._loop.time())
        if ingest is not None:
            head = Head(request.method.decode(), path, request.headers, self._client)
            turn.receiver = exchange = ingest.begin(head, partial(self._reply, turn))
            self._refusals += exchange.is_refused
        else:
            size = len(request.target) + head_size(request.headers)
            hand_over = partial(self._hand_over, turn, request[:4])
            turn.receiver = RequestBody(lambda body: self._hold(size + body), hand_over)
            self._hold(size)
        self._continue()

    def body_came(self, chunk: bytes) -> None:
        self._pace.moved += len(chunk)
        if self._turn is not None and self._turn.reply is None:
            self._turn.receiver.feed(chunk)

    def request_ended(self) -> None:
        turn, self._turn = self._turn, None
        self._pace.restart(self._loop.time())
        if turn is None:
            return
        if turn.last:
            self._stream.close()
        receiver = turn.let_go()
        if turn.reply is None:
            receiver.end()
        elif turn not in self._turns:
            self._finish(turn)

    def is_held_up(self) -> bool:
        return not self._writing or len(self._turns) > _WAITING or self._further > FURTHER

    # What the limits call

    def overdue(self, now: float) -> tuple[str, int] | None:
        limits, waited = self._limits, now - self._pace.since
        if self.transport.is_closing() or not self._writing:
            return ("slow reader", 0) if waited > WINDOW else None
        if self._lingering:
            return ("", 0) if waited > _LINGER else None
        if self._stream.phase is BETWEEN:
            idle = waited > limits.head_seconds and not self._turns and not self._stream.left
            return ("idle", 0) if idle else None
        if self._stream.phase is HEAD:
            return ("slow head", HTTPStatus.REQUEST_TIMEOUT) if waited > limits.head_seconds else None
        slow = not self._held_up and (waited > limits.body_seconds or self._pace.crawls(now, limits.slowest))
        return ("slow body", HTTPStatus.REQUEST_TIMEOUT) if slow else None

    def refuse(self, status: int) -> None:
        if not self._writing:
            self.transport.abort()  # what it does not take would be held
            return
        self._tell(status)
        self._cut_off()
        self.transport.close()

    def stop(self) -> None:
        self._stopping = True
        self._close_if_done()

    # Within

    def _parse(self, data: bytes = b"") -> None:
        self._parsing = True
        try:
            self._stream.feed(data)
        except MalformedRequest:
            self._give_up("malformed", HTTPStatus.BAD_REQUEST)
        except LargeRequest as large:
            self._give_up(str(large), HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        self._parsing = False
        if self._stream.phase is HEAD:
            self._coming = self._stream.size
        self._regulate()

    def _give_up(self, why: str, status: int) -> None:
        """Read on no further; answer what came before.

        Where nothing did, wait a moment for the sender to end: who is cut off while sending does not see what it is told.
        """
        self._limits.count(why)
        self._tell(status)
        self._cut_off()
        self._stopping = True
        if not self._turns:
            self._lingering = True
            self._pace.restart(self._loop.time())
            self.transport.write_eof()

    def _tell(self, status: int) -> None:
        """Refuse the request that is coming, if the sender would know which one that is about."""
        unanswered = [*self._turns] == ([] if self._turn is None else [self._turn])
        if status and unanswered and self._stream.phase is not BETWEEN:
            in_head = self._stream.phase is HEAD
            stock = path_of(self._stream.target) == PHONE_HOME_PATH if in_head else self._stock
            self.transport.write(encode_reply(refusal(HTTPStatus.OK if stock else status), close=True))

    def _reply(self, turn: Turn, reply: Reply) -> None:
        turn.reply = encode_reply(reply, close=turn.last, bare=turn.bare)
        if not self._turns or self._turns[0] is not turn or self.transport.is_closing():
            return
        while self._turns and (reply_of := self._turns[0].reply) is not None:
            turn = self._turns.popleft()
            self.transport.write(reply_of)
            if turn is not self._turn:
                self._finish(turn)
        if self._turns and (request := self._turns[0].handover) is not None:
            self._leave_to_application(request)
        elif not self.transport.is_closing():
            self._continue()
            self._regulate()

    def _finish(self, turn: Turn) -> None:
        """Note that a request came whole and was answered."""
        if self._stream.phase is BETWEEN:
            self._pace.restart(self._loop.time())
        if turn.last:
            self.transport.close()
        else:
            self._limits.renew(self)
            self._close_if_done()

    def _hand_over(
        self, turn: Turn, head: tuple[bytes, bytes, str, list[tuple[bytes, bytes]]], body: bytes | None
    ) -> None:
        """Hand a request that came whole to the application, once those before it are answered."""
        if body is None:
            self._reply(turn, refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
            return
        try:
            turn.handover = rewrite(*head, body)
        except MalformedRequest:
            self._reply(turn, refusal(HTTPStatus.BAD_REQUEST))
            return
        if self._turns[0] is turn:
            self._leave_to_application(turn.handover)

    def _leave_to_application(self, request: bytes) -> None:
        self._turns.clear()
        self._limits.forget(self)
        self._regulate()
        self._door.application.take(self.transport, self.block, request)

    def _continue(self) -> None:
        """Tell a sender that waits for it, and whose turn it is, to send the body."""
        if self._turn is not None and self._turn.expects and self._turns and self._turns[0] is self._turn:
            self._turn.expects = False
            self.transport.write(CONTINUE)

    def _close_if_done(self) -> None:
        if self._stopping and self._stream.phase is BETWEEN and not self._turns and not self._lingering:
            self.transport.close()

    def _cut_off(self) -> None:
        """Take no more, and give up the request that is coming."""
        self._stream.close()
        turn, self._turn = self._turn, None
        if turn is not None:
            if turn in self._turns:
                self._turns.remove(turn)
            receiver = turn.let_go()
            if turn.reply is None:
                receiver.end(cut_off=True)

    def _regulate(self) -> None:
        """Read and parse no further while many requests wait, replies are not taken, or others have their turn."""
        held_up = self.is_held_up()
        if self._held_up and not held_up:
            self._pace.restart(self._loop.time())
        self._held_up = held_up
        if self._stream.left and not held_up:
            self._reading.rest(self._parse)
        self._reading.go_on(not held_up and not self._stream.left)
        if not self._parsing:  # else it may end this connection, in the middle of a request
            self._hold(self._coming)

    def _hold(self, coming: int) -> None:
        """Tell the limits what is held: of the request that is coming, of those behind it, and of replies that wait."""
        self._coming = coming
        unsent = 0 if self._writing else self.transport.get_write_buffer_size()
        replies = sum(len(turn.reply or b"") for turn in self._turns)
        size = coming + len(self._stream.left) + unsent + replies
        if size or self._held:
            self._held = size
            self._limits.hold(self, size)
