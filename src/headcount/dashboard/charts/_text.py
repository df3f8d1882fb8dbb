"""How wide a text is, and where it breaks, whatever font a reader has."""

from __future__ import annotations

import re
from collections.abc import Sequence

SIZE = 12.0
"""Pixels: the size of all text in charts."""

LEADING = 15
"""Pixels from a line to the next."""

_WIDTHS = {
    0.28: "ijl'",
    0.34: " .,:;/I|J\\",
    0.42: "-()[]frt!",
    0.56: "csz_L?",
    0.60: 'kvxyF"*`',
    0.64: "abdeghnopqu0123456789TPESY{}$\N{EN DASH}",
    0.70: "ABCKRVXZ",
    0.79: "DGHNOQU&",
    0.86: "Mw+<>=~#^\N{RIGHTWARDS ARROW}\N{PLUS-MINUS SIGN}\N{MULTIPLICATION SIGN}\N{MINUS SIGN}",
    1.00: "mW%",
}
_WIDTH = {character: width for width, characters in _WIDTHS.items() for character in characters}
"""Of DejaVu Sans, in sizes: the widest of the fonts that systems show pages in, so that no text comes out wider."""

_BREAK = re.compile(r"(?<=[ .,→/_-])")


def text_width(text: str, size: float = SIZE) -> float:
    """Return how wide a text is at most, in pixels."""
    return size * sum(_WIDTH.get(character, 1.0) for character in text)


def wrapped(text: str, width: float) -> list[str]:
    """Return a text as lines that are no wider than that, in pixels; it breaks after a space or a sign, or else anywhere."""
    lines = [""]
    for part in _BREAK.split(text):
        piece = part
        if text_width(lines[-1] + piece.rstrip()) > width and lines[-1]:
            lines.append("")
        while text_width(piece.rstrip()) > width and len(piece) > 1:
            fits = next(n for n in range(len(piece), 0, -1) if n == 1 or text_width(piece[:n]) <= width)
            lines[-1] = piece[:fits]
            lines.append("")
            piece = piece[fits:]
        lines[-1] += piece
    return [line.rstrip() for line in lines if line.strip()] or [""]


def spread(places: Sequence[float], low: float, high: float, gap: float = LEADING) -> list[float]:
    """Return places that are at least ``gap`` apart, between ``low`` and ``high``, each near the one that was given."""
    order = sorted(range(len(places)), key=lambda n: places[n])
    found = [0.0] * len(places)
    at = low - gap
    for n in order:
        at = found[n] = max(places[n], at + gap)
    at = high + gap
    for n in reversed(order):
        at = found[n] = min(found[n], at - gap)
    return found
