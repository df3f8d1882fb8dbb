"""The privacy page: what is collected, what becomes of it, and what its sender can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from headcount.dashboard._page import environment


class Collected(NamedTuple):
    """A field as the page lists it: where it stands in a report, from which level, what it may hold, and why."""

    path: str
    level: str
    form: str
    why: str


def privacy_page(collected: Sequence[Collected], contact: str, retention: int) -> str:
    """The page as HTML.

    ``contact`` says who runs the collector, empty where the operator has not said; ``retention``: for how many days it holds
    who was seen.
    """
    page = environment().get_template("privacy.html")
    return page.render(collected=collected, contact=contact, retention=retention)
