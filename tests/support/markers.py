"""Markers that stand for secrets, and the search for them in bytes, however they were written there."""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_plus

PIECE = 6
"""So many consecutive characters of a marker give it away."""

_LETTERS = "ghjkmnpqrstvwxyz"  # none of them a hexadecimal digit
_DIGITS = "23456789"
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{8,}")
_HEX = re.compile(rb"[0-9A-Fa-f]{12,}")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")


class Mint:
    """Makes markers, by a seed: letters and digits by turns, so that no word, version or digest has a piece of one.

    No two of one mint have a piece in common.
    """

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._pieces: set[str] = set()
        self.kinds: dict[str, str] = {}

    def new(self, kind: str) -> str:
        """A new marker for a kind of secret: a name in Python, a label of a host, and a user, in lower case."""
        while True:
            pairs = self._chance.randint(4, 6)
            text = "".join(self._chance.choice(_LETTERS) + self._chance.choice(_DIGITS) for _ in range(pairs))
            if not pieces(text) & self._pieces:
                self._pieces |= pieces(text)
                self.kinds[text] = kind
                return text


def pieces(text: str) -> set[str]:
    """All runs of `PIECE` characters."""
    return {text[start : start + PIECE] for start in range(len(text) - PIECE + 1)}


def found(kinds: Mapping[str, str], data: bytes) -> set[str]:
    """The kinds of the markers of which a piece is in ``data``.

    In any case; as it is, or cut by dots, slashes or whatever else; URL-encoded, escaped, in base64 or in hexadecimal
    digits.
    """
    seen: set[str] = set()
    for view in _views(data):
        seen |= pieces(view.lower())
    return {kind for text, kind in kinds.items() if pieces(text) & seen}


def _views(data: bytes) -> Iterator[str]:
    text = data.decode(errors="replace")
    for view in (text, unquote_plus(text), _ESCAPED.sub(lambda match: chr(int(match[1] or match[2], 16)), text)):
        yield view
        yield re.sub(r"[^0-9A-Za-z]", "", view)
    for match in _BASE64.finditer(data):
        run = match[0].replace(b"-", b"+").replace(b"_", b"/")
        for start in range(4):
            whole = run[start:]
            yield base64.b64decode(whole[: len(whole) // 4 * 4] + _rest(whole)).decode("latin-1")
    for match in _HEX.finditer(data):
        for start in range(2):
            digits = match[0][start:]
            yield bytes.fromhex(digits[: len(digits) // 2 * 2].decode()).decode("latin-1")


def _rest(run: bytes) -> bytes:
    """The last characters of base64 that are no group of four, made one; a single one holds no byte."""
    rest = run[len(run) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def where(kinds: Mapping[str, str], body: Any, path: str = "") -> dict[str, set[str]]:
    """For each kind of which a piece is in a report, the paths of the fields that hold it."""
    places: dict[str, set[str]] = {}
    for key, value in body.items():
        inner = where(kinds, value, f"{key}.") if isinstance(value, dict) and key in ("versions", "platform") else {}
        here = {kind: {path + key} for kind in found(kinds, json.dumps({key: value}).encode())}
        for kind, fields in (inner or here).items():
            places.setdefault(kind, set()).update(fields)
    return places
