"""The page for a visitor who has not signed in: it says how to."""

from __future__ import annotations

from headcount.dashboard._site import environment


def page() -> str:
    """Return the page as HTML."""
    return environment().get_template("pages/sign-in.html").render()
