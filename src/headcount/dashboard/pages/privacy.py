"""The privacy page: what is collected, what becomes of it, and what its sender can do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from headcount.dashboard._site_state import SiteState
from headcount.dashboard.pages._everybody import rendered

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")


class Collected(NamedTuple):
    """A field as the page lists it: its path in a report, its level, what it may hold, and why it is wanted."""

    path: str
    level: str
    form: str
    why: str


class Kept(NamedTuple):
    """What a file or a directory of the data directory holds, and for how long."""

    where: str
    what: str
    how_long: str


def page(collected: Sequence[Collected], kept: Sequence[Kept], contact: str, unique: int, site: SiteState) -> str:
    """Return the page as HTML.

    ``contact``: who runs the collector, empty where the operator names nobody; ``unique``: of 100
    installations of a simulated fleet, how many have a configuration that no other one has.
    """
    return rendered(
        "privacy.html",
        site,
        "/privacy",
        collected=collected,
        kept=kept,
        contact=contact,
        contact_address=_address(contact),
        unique=unique,
    )


def _address(contact: str) -> str:
    """Return where a contact is reached: the e-mail address that it has, or the web's that it is; empty for other text."""
    mail = _MAIL.search(contact)
    if mail is not None:
        return f"mailto:{mail[0]}"
    return contact if contact.startswith(("https://", "http://")) and " " not in contact else ""
