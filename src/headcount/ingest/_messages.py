"""Requests and answers, whatever carries them: bodies within bounds, headers, and answers in a few bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

import orjson

from headcount.contract import LARGEST_BODY
from headcount.ingest._gate import Gate

Headers = list[tuple[bytes, bytes]]
"""Names in lower case, and values."""


class Head(NamedTuple):
    """What a request says before its body. ``client``: the address of the peer, None where it has none."""

    method: str
    path: str
    headers: Headers
    client: str | None


class Answer(NamedTuple):
    """What a request is answered with."""

    status: int
    body: bytes = b"{}"
    headers: tuple[tuple[bytes, bytes], ...] = ()
    content_type: bytes = b"application/json"


class Body(NamedTuple):
    """What came of a body. ``problem``: why that is not all of it, or empty."""

    data: bytes
    problem: Literal["", "too large", "no memory", "cut off"] = ""


class Receiving:
    """A body on its way in, in memory of the gate; who is done with what `end` returns frees that.

    It is read on where it is too large: a sender that is cut off while it sends sees a broken connection, which stock takes
    for a reason to send again.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._data: bytes | bytearray = b""
        self._size = 0
        self._held = 0
        self._problem: Literal["", "too large", "no memory", "cut off"] = ""

    def feed(self, chunk: bytes) -> None:
        """Take some more of the body."""
        self._size += len(chunk)
        if self._problem:
            return
        if self._size > LARGEST_BODY:
            self._problem = "too large"
            chunk = chunk[: LARGEST_BODY - self._size]  # so that equal bodies leave equal beginnings
        if self._gate.hold(len(chunk)):
            self._held += len(chunk)
            if self._data:
                # Not a list: small chunks would take many times the memory that is counted.
                if isinstance(self._data, bytes):
                    self._data = bytearray(self._data)
                self._data += chunk
            else:
                self._data = chunk
        else:
            self._problem = self._problem or "no memory"
            self._gate.free(self._held)
            self._data = b""

    def end(self, *, cut_off: bool = False) -> Body:
        """The body, after its last chunk or what its sender made the last."""
        problem = self._problem or ("cut off" if cut_off else "")
        return Body(bytes(self._data), problem)


def header(headers: Headers, wanted: bytes) -> str | None:
    """The value of the first header of a name, without the blanks around it."""
    for name, value in headers:
        if name == wanted:
            return value.decode("latin-1").strip()
    return None


def encoding(headers: Headers) -> str:
    """The content encoding; empty where none is named."""
    return (header(headers, b"content-encoding") or "").lower()


def refusal(status: int, problems: Iterable[tuple[str, str]], *headers: tuple[bytes, bytes]) -> Answer:
    """The answer that says what is wrong, as pairs of where and what."""
    told = [{"where": where, "what": what} for where, what in problems]
    return Answer(status, orjson.dumps({"problems": told}), headers)


def retry_after(seconds: int) -> tuple[bytes, bytes]:
    """The header that says when to try again."""
    return (b"retry-after", str(seconds).encode())
