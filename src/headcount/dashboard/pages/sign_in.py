"""The page for a visitor who has not signed in: it says how to."""

from __future__ import annotations

from headcount.dashboard._site import environment
from headcount.dashboard._site_state import SiteState


def page(site: SiteState) -> str:
    """Return the page as HTML."""
    return environment().get_template("pages/sign-in.html").render(site=site)
