"""Requests and replies, whatever carries them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import orjson

_LONGEST = 16  # characters of a content encoding

Headers = list[tuple[bytes, bytes]]
"""Names in lower case, and values."""


class Head(NamedTuple):
    """The head of a request. ``client``: the address of the peer, None where it has none."""

    method: str
    path: str
    headers: Headers
    client: str | None


class Reply(NamedTuple):
    """The reply to a request."""

    status: int
    body: bytes = b"{}"
    headers: tuple[tuple[bytes, bytes], ...] = ()
    content_type: bytes = b"application/json"


def header(headers: Headers, wanted: bytes) -> str | None:
    """Return the value of the first header of a name, without the blanks around it; None where there is no such header."""
    for name, value in headers:
        if name == wanted:
            return value.decode("latin-1").strip()
    return None


def encoding(headers: Headers) -> str:
    """Return the content encoding in lower case, of a long one its beginning; empty where no header names one."""
    return (header(headers, b"content-encoding") or "")[:_LONGEST].lower()


def refusal(status: int, problems: Iterable[tuple[str, str]], *headers: tuple[bytes, bytes]) -> Reply:
    """Return the reply that lists ``problems``, pairs of where and what."""
    listed = [{"where": where, "what": what} for where, what in problems]
    return Reply(status, orjson.dumps({"problems": listed}), headers)


def retry_after(seconds: int) -> tuple[bytes, bytes]:
    """Return the header that tells the sender when to try again."""
    return (b"retry-after", str(seconds).encode())
