"""Bodies: from the chunks of a request to the JSON value in them, within bounds."""

from __future__ import annotations

import hashlib
import zlib
from typing import Literal, NamedTuple

import orjson

from headcount.contract import LARGEST_BODY, InvalidReport
from headcount.ingest._memory import BodyMemory


class TooLarge(ValueError):
    """The body is larger than `LARGEST_BODY`."""


class NotJson(ValueError):
    """The body is no JSON text, or its compression is not the one that its header names."""


_SMALL = 64 * 1024  # bytes that hold few parts, whatever they are
_MOST_CONTAINERS = 100_000
_MOST_KEYS = 50_000
_MOST_VALUES = 500_000
_BEGINNING = 64 * 1024  # bytes that tell a body from others

Problem = Literal["", "too large", "no memory", "quota", "cut off"]


class Body(NamedTuple):
    """The body of a request. ``problem``: why ``data`` is its beginning or a digest; empty where it is all of it."""

    data: bytes
    problem: Problem = ""


class BodyBuffer:
    """The body of a request while it comes in, in memory that is shared.

    Whoever is done with the data that `end` returns calls `release`. A body that is refused is read to its end all the same:
    a sender that is cut off while it sends sees a broken connection, and stock Buildbot then sends the report again. It
    takes no memory: of its beginning a digest is made, so that a body that is sent again is known.
    """

    def __init__(self, memory: BodyMemory, sender: bytes | None) -> None:
        self.sender = sender
        self.reserved = 0
        self._memory = memory
        self._data: bytes | bytearray = b""
        self._size = 0
        self._digest: hashlib.blake2b | None = None
        self._problem: Problem = ""

    def feed(self, chunk: bytes) -> None:
        """Add the next chunk of the body."""
        begin = self._size
        self._size += len(chunk)
        if self._digest is None:
            if self._size > LARGEST_BODY:
                self.refuse("too large")
            elif not self._memory.reserve(self, len(chunk)):
                self.refuse("no memory")
            elif self._data:
                # Not a list: small chunks would take many times the memory that is counted.
                if isinstance(self._data, bytes):
                    self._data = bytearray(self._data)
                self._data += chunk
            else:
                self._data = chunk
        if self._digest is not None and begin < _BEGINNING:
            self._digest.update(chunk[: _BEGINNING - begin])

    def refuse(self, problem: Problem) -> None:
        """Hold no more of the body than a digest of its beginning from now on."""
        self._problem = problem
        self._digest = hashlib.blake2b(self._data[:_BEGINNING], digest_size=16)
        self._data = b""
        self._memory.release(self)

    def end(self, *, cut_off: bool = False) -> Body:
        """Return the body after its last chunk. ``cut_off``: the sender went away before the end."""
        self._memory.complete(self)
        data = bytes(self._data) if self._digest is None else self._digest.digest()
        self._data = b""
        return Body(data, self._problem or ("cut off" if cut_off else ""))

    def release(self) -> None:
        """Give the memory back."""
        self._memory.release(self)


def inflate(body: bytes, encoding: str, most: int = LARGEST_BODY) -> bytes:
    """Undo a content encoding (``gzip``, or none).

    Stops as soon as more than ``most`` bytes come out, and then raises `TooLarge`. Raises `NotJson` for any
    other encoding, and for a body that is not gzip to its end.
    """
    if encoding in ("", "identity"):
        if len(body) > most:
            raise TooLarge
        return body
    if encoding != "gzip":
        raise NotJson("the content encoding must be gzip, or none")
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        data = inflater.decompress(body, most + 1)
    except zlib.error as error:
        raise NotJson(f"the body is not gzip: {error}") from error
    if len(data) > most:
        raise TooLarge
    if not inflater.eof:
        raise NotJson("the gzip stream ends too early")
    if inflater.unused_data:
        raise NotJson("something follows the gzip stream")
    return data


def parse(data: bytes) -> object:
    """Parse JSON as RFC 8259 defines it (no NaN, no lone surrogates).

    Raises `NotJson`, which says where the error is, and `InvalidReport` for more parts than any report has: the parser
    holds the interpreter, for 0.8 s where 8 MiB consist of as many keys as they can.
    """
    if len(data) > _SMALL:
        for what, count, most in (
            ("lists and objects", data.count(b"[") + data.count(b"{"), _MOST_CONTAINERS),
            ("keys", data.count(b":"), _MOST_KEYS),
            ("values", data.count(b","), _MOST_VALUES),
        ):
            if count > most:
                raise InvalidReport([("", f"a report has at most {most:,} {what}")])
    try:
        value: object = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise NotJson(f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    return value
