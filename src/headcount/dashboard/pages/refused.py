"""What stands in place of a page whose filter asks what has no answer: why, with the bar, so that it can be mended."""

from __future__ import annotations

from collections.abc import Sequence

from headcount.dashboard._filter import FORM_PARAMETERS
from headcount.dashboard._view import Rendered, View
from headcount.dashboard.pages._frame import Content, framed, read_filter
from headcount.dashboard.pages.message import NOT_SO


def page(view: View, path: str, parameters: Sequence[str], why: str) -> Rendered:
    """Return what stands at the address of a page; ``parameters``: those that the page knows; ``why``: a clause."""
    filter_ = read_filter(view, path, *(name for name in parameters if name not in FORM_PARAMETERS))
    content = Content(NOT_SO, "", (), ())
    return framed(view, filter_, content, template="refused.html", why=f"{why[:1].upper()}{why[1:]}.")._replace(
        refused=True
    )
