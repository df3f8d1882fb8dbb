"""The pages of the records: what maintainers released of what is to be dropped."""

from __future__ import annotations

from collections.abc import Sequence

from headcount.dashboard._site_state import SiteState
from headcount.dashboard.pages._everybody import rendered
from headcount.dashboard.pages.public._markdown import html_of
from headcount.questions import Record, record_markdown

_PATH = "/public/records"


def page(records: Sequence[Record], site: SiteState) -> str:
    """Return the list of the records as HTML, in their order."""
    return rendered("records.html", site, _PATH, records=records)


def record_page(record: Record, site: SiteState) -> str:
    """Return the page of a record: its Markdown, as HTML."""
    return rendered("record.html", site, _PATH, record=record, content=html_of(record_markdown(record)))
