"""Markers are found however they are written, and nowhere else."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from headcount.contract import vocabulary
from tests.support.markers import PIECE, Mint, found, pieces, where

ROOT = Path(__file__).parent.parent.parent
KINDS = {"k7q3z9w2x5": "a name"}
MARKER = next(iter(KINDS))

WAYS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in upper case": str.upper,
    "with slashes": "/".join,
    "with dots": lambda text: f"{text[:3]}.{text[3:]}",
    "URL-encoded": lambda text: "".join(f"%{ord(character):02x}" for character in text),
    "escaped": lambda text: "".join(f"\\u{ord(character):04x}" for character in text),
    "in hexadecimal digits": lambda text: "a" + text.encode().hex(),
    "in base64": lambda text: base64.b64encode(text.encode()).decode(),
    "in base64 after one": lambda text: base64.b64encode(b"-" + text.encode()).decode(),
    "in base64 after two": lambda text: base64.b64encode(b"--" + text.encode()).decode(),
    "in base64 for URLs": lambda text: base64.urlsafe_b64encode(b"\xfb\xff" + text.encode()).decode().rstrip("="),
}


@pytest.mark.parametrize(("way", "start"), list(itertools.product(WAYS, (0, 2, 4))))
def test_a_piece_is_found_however_it_is_written(way: str, start: int) -> None:
    """Six characters of a marker are enough, wherever they stand; five are not."""
    text = WAYS[way](MARKER[start : start + PIECE])
    assert found(KINDS, f'{{"plugins": "a{text}"}}'.encode()) == {"a name"}
    assert found(KINDS, f"/{WAYS[way](MARKER[start : start + PIECE - 1])}/".encode()) == set()


def test_the_field_is_named() -> None:
    """Those of the two objects by their paths, also where a key is the leak."""
    body = {"db": "sqlite", "versions": {"Buildbot": f"4.3.0+{MARKER}"}, "plugins": {MARKER: 1}, "builders": [[MARKER]]}
    assert where(KINDS, body) == {"a name": {"versions.Buildbot", "plugins", "builders"}}


def test_no_two_markers_share_a_piece_and_nothing_public_has_one() -> None:
    """Neither the vocabulary nor the documents nor digests."""
    mint = Mint(1)
    markers = [mint.new("a name") for _ in range(2000)]
    assert sum(len(pieces(text)) for text in markers) == len(set().union(*map(pieces, markers)))
    known = vocabulary()
    public = "\n".join([*known.kinds, *known.moved, *known.www, *(path.read_text() for path in ROOT.glob("docs/*.md"))])
    assert found(mint.kinds, public.encode()) == set()
    assert all(text.isidentifier() and len(text) >= PIECE for text in markers)
