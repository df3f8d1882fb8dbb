"""The page of the records: what maintainers released of what is to be dropped."""

from __future__ import annotations

from collections.abc import Sequence

from headcount.dashboard._site import environment
from headcount.dashboard._site_state import SiteState
from headcount.questions import Record


def page(records: Sequence[Record], site: SiteState) -> str:
    """Return the list of the records as HTML, in their order."""
    return environment().get_template("pages/records.html").render(records=records, site=site)
