"""SVG that may stand inline in a page: drawn by Vega, without what a page has itself or a policy forbids."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

VEGA_LITE = "6.4"
"""The newest version that the converter has."""

_OPENING = re.compile(r"<svg [^>]*>")
_SIZE = re.compile(r' (?:width|height|viewBox)="[^"]*"')
_ID = re.compile(r'id="([^"]+)"')


def drawn_svg(spec: Mapping[str, Any], summary: str) -> str:
    """Return a specification drawn, with a summary as its name; ids in it are unlike those of any other picture."""
    import vl_convert  # noqa: PLC0415  # it is large, and most answers are not drawn

    return inline(vl_convert.vegalite_to_svg(dict(spec), vl_version=VEGA_LITE), summary)


def inline(svg: str, summary: str) -> str:
    """Return the SVG that Vega made as it may stand in a page among others."""
    opening = _OPENING.search(svg)
    assert opening is not None
    size = "".join(_SIZE.findall(opening[0]))
    body = svg[opening.end() :]
    mark = hashlib.sha256(body.encode()).hexdigest()[:8]
    for name in set(_ID.findall(body)):
        body = body.replace(f'id="{name}"', f'id="{mark}-{name}"').replace(f"url(#{name})", f"url(#{mark}-{name})")
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label={quoteattr(summary)}{size}>{body}'
