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


class Kept(NamedTuple):
    """Something that is kept: in which file or directory of the data directory, what, and for how long."""

    where: str
    what: str
    how_long: str


def privacy_page(collected: Sequence[Collected], kept: Sequence[Kept], contact: str) -> str:
    """The page as HTML. ``contact`` says who runs the collector, empty where the operator has not said."""
    page = environment().get_template("privacy.html")
    return page.render(collected=collected, kept=kept, contact=contact)
