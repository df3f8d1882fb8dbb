"""What is written: replies, and requests in the one form in which they are parsed again."""

from __future__ import annotations

import time
from collections.abc import Iterable
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from headcount.ingest import Reply

Headers = list[tuple[bytes, bytes]]

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_STATUS_LINES = {int(status): f"HTTP/1.1 {status} {status.phrase}\r\n".encode() for status in HTTPStatus}
_PLAIN = b"text/plain"

# Of the way from the sender to us: of no concern to the application, or written anew for it.
_OF_THE_CONNECTION = frozenset({
    b"connection", b"content-length", b"expect", b"http2-settings", b"keep-alive", b"proxy-connection", b"te", b"trailer",
    b"transfer-encoding", b"upgrade",
})  # fmt: skip
_OF_AN_UPGRADE = frozenset({b"connection", b"http2-settings", b"upgrade"})


class MalformedRequest(ValueError):
    """A request that is no HTTP, or that cannot be written again, such as one with a header of several lines."""


def encode_reply(reply: Reply, *, close: bool, bare: bool = False) -> bytes:
    """Return a reply as it is sent. ``close``: nothing comes after it; ``bare``: without its body, as for ``HEAD``."""
    lines = [_STATUS_LINES[reply.status], b"date: ", date(), b"\r\n"]
    for name, value in reply.headers:
        lines += (name, b": ", value, b"\r\n")
    if close:
        lines.append(b"connection: close\r\n")
    length = b"%d" % len(reply.body)
    lines += (b"content-type: ", reply.content_type, b"\r\ncontent-length: ", length, b"\r\n\r\n")
    if not bare:
        lines.append(reply.body)
    return b"".join(lines)


def refusal(status: int) -> Reply:
    """Return the reply without a word of ingest, such as to a sender whose connection is closed for what it did."""
    if status == HTTPStatus.OK:  # to stock Buildbot, which repeats the rest
        return Reply(status, b"ok", content_type=_PLAIN)
    headers = ((b"retry-after", b"60"),) if status == HTTPStatus.SERVICE_UNAVAILABLE else ()
    return Reply(status, b"", headers, _PLAIN)


def rewrite(method: bytes, target: bytes, version: str, headers: Headers, body: bytes) -> bytes:
    """Return a request whose body has a length, and whose reply ends the connection. Raises `MalformedRequest`."""
    kept = [(name, value) for name, value in headers if name not in _OF_THE_CONNECTION]
    length = [(b"content-length", b"%d" % len(body))]
    return _head(method, target, version, [*kept, *length, (b"connection", b"close")]) + body


def without_upgrade(method: bytes, target: bytes, version: str, headers: Headers) -> bytes:
    """Return the head of a request that asks for no other protocol. Raises `MalformedRequest`, also for ``CONNECT``."""
    if method == b"CONNECT":
        raise MalformedRequest
    kept = [(name, value) for name, value in headers if name not in _OF_AN_UPGRADE]
    tokens = b",".join(value for name, value in headers if name == b"connection").lower().split(b",")
    close = [(b"connection", b"close")] if b"close" in map(bytes.strip, tokens) else []
    return _head(method, target, version, [*kept, *close])


def date() -> bytes:
    """Return the date of now as a header holds it."""
    return _date(int(time.time()))


@lru_cache(maxsize=1)
def _date(now: int) -> bytes:
    return formatdate(now, usegmt=True).encode()


def _head(method: bytes, target: bytes, version: str, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    lines = [b"%b %b HTTP/%b" % (method, target, version.encode()), *(b"%b: %b" % header for header in headers)]
    if any(b"\r" in line or b"\n" in line for line in lines):
        raise MalformedRequest
    return b"\r\n".join([*lines, b"", b""])
