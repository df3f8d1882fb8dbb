"""Bodies: from the bytes of a request to the JSON value in them, within bounds."""

from __future__ import annotations

import zlib

import orjson

from headcount.contract import LARGEST_BODY


class TooLarge(ValueError):
    """The body is over `LARGEST_BODY`."""


class NotJson(ValueError):
    """The body is no JSON text, or not compressed as it says."""


def inflate(body: bytes, encoding: str, most: int = LARGEST_BODY) -> bytes:
    """Undo a content encoding (``gzip``, or none). Stops as soon as more than ``most`` bytes come out.

    Raises `TooLarge` or `NotJson`.
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
    """Parse JSON as RFC 8259 has it (no NaN, no lone surrogates). Raises `NotJson` with where it went wrong."""
    try:
        value: object = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise NotJson(f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    return value
