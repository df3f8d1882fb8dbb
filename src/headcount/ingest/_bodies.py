"""Bodies: from the chunks of a request to the JSON value in them, within bounds."""

from __future__ import annotations

import zlib
from typing import Literal, NamedTuple

import orjson

from headcount.contract import LARGEST_BODY
from headcount.ingest._gate import Gate


class TooLarge(ValueError):
    """The body is larger than `LARGEST_BODY`."""


class NotJson(ValueError):
    """The body is no JSON text, or its compression is not the one that its header names."""


class Body(NamedTuple):
    """The body of a request. ``problem``: why ``data`` is not all of it; empty where it is."""

    data: bytes
    problem: Literal["", "too large", "no memory", "cut off"] = ""


class BodyBuffer:
    """The body of a request while it comes in, in memory of the gate.

    Whoever is done with the data that `end` returns releases that memory.
    A body that is too large is read to its end all the same: a sender that is cut off while it sends sees a
    broken connection, and stock Buildbot then sends the report again.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._data: bytes | bytearray = b""
        self._size = 0
        self._reserved = 0
        self._problem: Literal["", "too large", "no memory", "cut off"] = ""

    def feed(self, chunk: bytes) -> None:
        """Add the next chunk of the body."""
        self._size += len(chunk)
        if self._problem:
            return
        if self._size > LARGEST_BODY:
            self._problem = "too large"
            chunk = chunk[: LARGEST_BODY - self._size]  # so that equal bodies leave equal beginnings
        if self._gate.reserve(len(chunk)):
            self._reserved += len(chunk)
            if self._data:
                # Not a list: small chunks would take many times the memory that is counted.
                if isinstance(self._data, bytes):
                    self._data = bytearray(self._data)
                self._data += chunk
            else:
                self._data = chunk
        else:
            self._problem = self._problem or "no memory"
            self._gate.release(self._reserved)
            self._data = b""

    def end(self, *, cut_off: bool = False) -> Body:
        """Return the body after its last chunk. ``cut_off``: the sender went away before the end."""
        problem = self._problem or ("cut off" if cut_off else "")
        return Body(bytes(self._data), problem)


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
    """Parse JSON as RFC 8259 defines it (no NaN, no lone surrogates). Raises `NotJson`, which says where the error is."""
    try:
        value: object = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise NotJson(f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    return value
