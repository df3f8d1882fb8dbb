"""Requests as they come out of the bytes of a connection: bounded, without trailers, and none with an upgrade.

Bytes since the last step forward (a head began or ended, a piece of a body came) are counted, whatever they are: those of a
head, what stands around chunks, trailers. So nothing without an end is held.
"""

from __future__ import annotations

import enum
from typing import NamedTuple, Protocol
from urllib.parse import unquote

import httptools

from headcount.server.http.messages import Headers, MalformedRequest, without_upgrade

_PIECE = 4 * 1024  # bytes that are parsed at a time; of those before a step, as many are counted too many
_REQUESTS = 16  # after so many, others have their turn
_MOST = 64 * 1024  # bytes of a head, and of trailers
_MOST_HEADERS = 128
_HEADER = 160  # bytes that a header takes in memory beside its text
_VERSIONS = ("1.1", "1.0")


class LargeRequest(Exception):
    """The head of a request, or its trailers, go beyond the bounds. Its text says which."""


class Phase(enum.Enum):
    """What is coming."""

    BETWEEN = enum.auto()  # of requests: nothing
    HEAD = enum.auto()
    BODY = enum.auto()  # and trailers


BETWEEN, HEAD, BODY = Phase  # to look one up in an enumeration takes long


class Request(NamedTuple):
    """The head of a request. ``keep_alive``: its sender may send another on the connection."""

    method: bytes
    target: bytes
    version: str
    headers: Headers
    keep_alive: bool


class Recipient(Protocol):
    """Told what was parsed."""

    def request_began(self) -> None: ...
    def head_came(self, request: Request) -> None: ...
    def body_came(self, chunk: bytes) -> None: ...
    def request_ended(self) -> None: ...
    def is_held_up(self) -> bool: ...


class RequestStream:
    """Parses the bytes of a connection, and tells ``recipient`` what comes."""

    def __init__(self, recipient: Recipient) -> None:
        self._recipient = recipient
        self._parser: httptools.HttpRequestParser | None = self._new_parser()
        self._headers: Headers = []
        self._unstepped = 0
        self._upgrades = False
        self.target = b""
        """The target of the request whose head is coming, as much of it as came."""
        self.phase = BETWEEN
        self.closed = False
        self.left = b""
        """What came and is still to be parsed."""
        self._ended = 0  # requests

    @property
    def size(self) -> int:
        """The bytes of memory that the head takes."""
        return self._unstepped + head_size(self._headers)

    def close(self) -> None:
        """Ignore whatever still comes, and hold nothing: neither what came, nor what refers to this stream."""
        if self.closed:
            return
        self.closed = True
        self.phase = BETWEEN
        self.target, self.left, self._headers, self._parser = b"", b"", [], None
        del self._recipient

    def feed(self, data: bytes = b"") -> None:
        """Parse what was left and some more; leave what is behind many requests, or while the recipient is held up.

        Raises `LargeRequest`, and `MalformedRequest` for what is no HTTP.
        """
        data, self.left = self.left + data, b""
        if len(data) <= _PIECE:
            self._feed(data)
            return
        view, at, before = memoryview(data), 0, self._ended
        while at < len(data):
            self._feed(view[at : at + _PIECE])
            at += _PIECE
            if self.closed:
                return
            if self._ended - before >= _REQUESTS or self._recipient.is_held_up():
                break
        self.left = data[at:]

    def _feed(self, piece: bytes | memoryview) -> None:
        if self._parser is None:
            return
        try:
            self._parser.feed_data(piece)
        except httptools.HttpParserUpgrade as upgrade:
            self._feed_without_upgrade(bytes(piece[upgrade.args[0] :]))
        except httptools.HttpParserError:
            if not self.closed:
                self._check()
                raise MalformedRequest from None
        if self.phase is not BETWEEN:
            self._unstepped += len(piece)
            self._check()

    def _feed_without_upgrade(self, rest: bytes) -> None:
        """Parse the head again as if its sender asked for no other protocol; a server may ignore that it did."""
        self._check()
        assert self._parser is not None
        method, version = self._parser.get_method(), self._parser.get_http_version()
        head = without_upgrade(method, self.target, version, self._headers)
        self._parser = self._new_parser()
        self._feed(head)
        self._feed(rest)

    def _check(self) -> None:
        if self._unstepped > _MOST + _PIECE or len(self._headers) > _MOST_HEADERS:
            raise LargeRequest("large head" if self.phase is HEAD else "large trailers")

    def _new_parser(self) -> httptools.HttpRequestParser:
        parser = httptools.HttpRequestParser(self)
        parser.set_dangerous_leniencies(lenient_data_after_close=True)  # what follows the last request is ignored
        return parser

    # What the parser calls

    def on_message_begin(self) -> None:
        if self.closed:
            raise _EnoughError
        self.target = b""
        self._headers = []
        self._unstepped = 0
        self._upgrades = False
        self.phase = HEAD
        self._recipient.request_began()

    def on_url(self, url: bytes) -> None:
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.phase is HEAD:  # else it is a trailer
            self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        parser = self._parser
        assert parser is not None
        self._upgrades = parser.should_upgrade()
        if self._upgrades:
            return
        version = parser.get_http_version()
        if version not in _VERSIONS or len(self._headers) > _MOST_HEADERS:
            raise _EnoughError
        headers, self._headers, target, self.target = self._headers, [], self.target, b""
        self._unstepped = 0
        self.phase = BODY
        keep_alive = version == "1.1" and parser.should_keep_alive()
        self._recipient.head_came(Request(parser.get_method(), target, version, headers, keep_alive))

    def on_body(self, chunk: bytes) -> None:
        self._unstepped = 0
        self._recipient.body_came(chunk)

    def on_message_complete(self) -> None:
        if not self._upgrades:
            self.phase = BETWEEN
            self._ended += 1
            self._recipient.request_ended()


class _EnoughError(Exception):
    """Raised in the parser to stop it."""


def path_of(target: bytes) -> str:
    """Return the path of a target in any spelling; empty where it has none."""
    try:
        path = httptools.parse_url(target.partition(b"?")[0]).path
    except httptools.HttpParserError:
        return ""
    return unquote(path.decode("latin-1")) if path else ""


def head_size(headers: Headers) -> int:
    """Return the bytes of memory that headers take."""
    return sum(_HEADER + len(name) + len(value) for name, value in headers)
