"""Bodies: from the bytes of a request to the JSON value in them, within bounds."""

from __future__ import annotations

import zlib

import orjson

MAX_BODY = 8 * 1024 * 1024
"""The largest body that is read, in bytes, after inflation."""


class TooLarge(ValueError):
    """The body is over `MAX_BODY`."""


class NotJson(ValueError):
    """The body is no JSON text, or not compressed as it says."""


def inflate(body: bytes, encoding: str) -> bytes:
    """Undo a content encoding (``gzip``, or none). Stops as soon as more than `MAX_BODY` comes out.

    Raises `TooLarge` or `NotJson`.
    """
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise NotJson("the content encoding must be gzip, or none")
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        data = inflater.decompress(body, MAX_BODY + 1)
    except zlib.error as error:
        raise NotJson(f"the body is not gzip: {error}") from error
    if len(data) > MAX_BODY:
        raise TooLarge
    if not inflater.eof:
        raise NotJson("the gzip stream ends too early")
    return data


def parse(data: bytes) -> object:
    """Parse JSON as RFC 8259 has it (no NaN, no lone surrogates). Raises `NotJson` with where it went wrong."""
    try:
        value: object = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise NotJson(f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    return value
