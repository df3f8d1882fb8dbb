"""The page that says in a sentence why there is no other."""

from __future__ import annotations

from headcount.dashboard._site_state import SiteState
from headcount.dashboard.pages._everybody import rendered

NOT_FOUND = "There is no such page"
NOT_SO = "That cannot be asked so"
NOT_NOW = "Not now"


def page(heading: str, text: str, site: SiteState) -> str:
    """Return the page as HTML. ``text``: why, as a clause or a sentence, which begins with a capital on the page."""
    sentence = f"{text[:1].upper()}{text[1:]}".rstrip(".")
    return rendered("message.html", site, heading=heading, sentence=f"{sentence}.")
