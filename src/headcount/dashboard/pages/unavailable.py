"""The page that stands in for any other while the warehouse cannot be read."""

from __future__ import annotations

from headcount.dashboard._site import environment
from headcount.dashboard._site_state import SiteState


def page(site: SiteState) -> str:
    """Return the page as HTML."""
    return environment().get_template("pages/unavailable.html").render(site=site)
