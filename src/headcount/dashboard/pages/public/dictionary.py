"""The dictionary as a page: what every table of a publication holds, and every column, in words."""

from __future__ import annotations

from headcount.dashboard._site_state import SiteState
from headcount.dashboard.pages._everybody import rendered
from headcount.dashboard.pages.public._licence import Licence
from headcount.dashboard.pages.public._themes import THEMES
from headcount.questions import dictionary

_PATH = "/public"


def page(k: int | None, licence: Licence, site: SiteState) -> str:
    """Return the page as HTML. ``k``: the threshold of the newest publication; None: nothing is published yet."""
    if k is None:
        return rendered("unpublished.html", site, _PATH)
    said = dictionary(k)
    tables = {(table["question"], table["by"]): table for table in said["tables"]}
    themes = [(each, [tables[listed.question, listed.by] for listed in each.tables]) for each in THEMES]
    return rendered("dictionary.html", site, _PATH, dictionary=said, themes=themes, licence=licence)
