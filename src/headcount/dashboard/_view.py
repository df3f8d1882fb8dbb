"""What a page is given beside what it asks, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from headcount.dashboard._site_state import SiteState
from headcount.questions import Record, Removal


class NoSuchPage(LookupError):
    """There is no page at this address; the message is a sentence that says which there are."""


@dataclass(frozen=True)
class View:
    """What a page shows, as its address says it and as the site has it.

    A page is made of this and of answers alone, so that what was made before is known to be what would be made now.
    """

    name: str = ""
    """What the page is about, of its path: a question, or a plugin; empty where the path has none."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """The parameters of the page's address, as they were typed."""
    today: date = date.min
    """The day (UTC) on which the page is looked at."""
    site: SiteState = field(default_factory=SiteState)
    """What is said at the top of every page."""
    records: Sequence[Record] = ()
    """The records of decisions that were released."""
    removals: Sequence[Removal] = ()
    """What the maintainers think of removing in the next release."""
    form_token: str = ""
    """What a form sends back that changes something, so that no other site can send it."""
    problems: Mapping[str, str] = field(default_factory=dict)
    """What is wrong with a form that was sent, a sentence by the field."""


class Rendered(NamedTuple):
    """A page.

    ``html``: what it is; ``refused``: whether something that was typed cannot be asked; ``location``: where to go instead,
    empty: nowhere; ``missing``: whether its path leads nowhere, and it says where to go.
    """

    html: str
    refused: bool = False
    location: str = ""
    missing: bool = False
