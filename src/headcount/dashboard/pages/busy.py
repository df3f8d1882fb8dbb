"""The page that stands in for any other where the server has too much to do."""

from __future__ import annotations

from headcount.dashboard.pages._everybody import rendered


def page(reason: str) -> str:
    """Return the page as HTML. ``reason``: a clause that says why, and when to ask again."""
    return rendered("busy.html", reason=f"{reason[:1].upper()}{reason[1:]}.")
