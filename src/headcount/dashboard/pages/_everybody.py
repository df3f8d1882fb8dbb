"""What the pages for everybody have in common: their navigation and their foot, and no search, which is for maintainers."""

from __future__ import annotations

from typing import Any

from headcount.dashboard._site import environment, navigation
from headcount.dashboard._site_state import SiteState


def rendered(template: str, site: SiteState, current: str = "", **context: Any) -> str:
    """Return a page for everybody as HTML; ``current``: the path in the navigation that it belongs to."""
    page = environment().get_template(f"pages/{template}")
    return page.render(site=site, navigation=navigation(current, public=True), **context)
