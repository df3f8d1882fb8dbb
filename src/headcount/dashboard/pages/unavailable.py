"""The page that stands in for any other while the warehouse cannot be read."""

from __future__ import annotations

from headcount.dashboard._site import environment


def page() -> str:
    """Return the page as HTML."""
    return environment().get_template("pages/unavailable.html").render()
