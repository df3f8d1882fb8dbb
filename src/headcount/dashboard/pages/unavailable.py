"""The page that stands in for any other while the warehouse cannot be read."""

from __future__ import annotations

from headcount.dashboard._site_state import SiteState
from headcount.dashboard.pages._everybody import rendered


def page(site: SiteState) -> str:
    """Return the page as HTML."""
    return rendered("unavailable.html", site)
