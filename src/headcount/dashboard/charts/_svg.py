"""SVG that may stand inline in a page: drawn by Vega, without what a page has itself or a policy forbids."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

VEGA_LITE = "6.4"
"""The newest version that the converter has."""

_OPENING = re.compile(r"<svg [^>]*>")
_SIZE = re.compile(r' (?:width|height|viewBox)="[^"]*"')
_NEEDLESS = re.compile(
    r'<path class="(?:background|foreground)"[^>]*/>'
    r'| (?:class|role|aria-[a-z]+|font-family|font-size)="[^"]*"'
    r'| (?:stroke-dasharray=""|(?:fill-)?opacity="1"|stroke-width="1")'
)
"""What says what holds without it, or what the root says for all."""
_FONT = ' font-family="system-ui, sans-serif" font-size="12px"'


def drawn_svg(spec: Mapping[str, Any], summary: str) -> str:
    """Return a specification drawn, with a summary as its name. It has neither ids nor styles."""
    import vl_convert  # noqa: PLC0415  # it is large, and most answers are not drawn

    return inline(vl_convert.vegalite_to_svg(dict(spec), vl_version=VEGA_LITE), summary)


def inline(svg: str, summary: str) -> str:
    """Return the SVG that Vega made as it may stand in a page among others."""
    opening = _OPENING.search(svg)
    assert opening is not None
    size = "".join(_SIZE.findall(opening[0]))
    body = _NEEDLESS.sub("", svg[opening.end() :])
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label={quoteattr(summary)}{size}{_FONT}>{body}'
