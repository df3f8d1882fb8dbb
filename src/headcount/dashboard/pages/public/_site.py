"""What stands on the pages of a publication beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from headcount.dashboard._site_state import SiteState
from headcount.dashboard.pages.public._licence import Licence


class ShownNotice(NamedTuple):
    """A notice: what maintainers tell those of whom ``where`` is true, until a day; who set it, and since when."""

    text: str
    link: str
    until: str
    setter: str
    since: str
    where: str


class PublicSite(NamedTuple):
    """The collector as the public sees it.

    ``weeks``: those that were published (``2026-W47``), the newest first; ``notices``: those that have not ended.
    """

    weeks: Sequence[str]
    licence: Licence
    state: SiteState
    notices: Sequence[ShownNotice] = ()
