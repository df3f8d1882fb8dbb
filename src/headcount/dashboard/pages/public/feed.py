"""The feed of the weeks that were published, in Atom (RFC 4287)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from headcount.dashboard._site import environment
from headcount.dashboard.pages.public._findings import day_in_words, findings
from headcount.dashboard.pages.public._site import PublicSite
from headcount.questions import Publication, last_day

MOST = 20
"""Weeks that a feed has at most: the newest."""


class _Entry(NamedTuple):
    id: str
    week: str
    updated: str
    until: str
    text: str


def feed(publications: Iterable[Publication], site: PublicSite) -> bytes:
    """Return the feed. ``publications``: one at least, the newest first; ``site``: with its address.

    The id and the time of an entry are made of the address and its week, so that they stay whenever the feed is made.
    """
    entries = [_entry(publication, site) for publication in publications]
    return environment().get_template("feed.atom").render(entries=entries, site=site, id=_id(site)).encode()


def _entry(publication: Publication, site: PublicSite) -> _Entry:
    last = last_day(publication.week)
    said = " ".join(findings(publication).values())
    updated = f"{last + timedelta(days=1)}T01:00:00Z"  # when a week is due; it may have been published later
    return _Entry(_id(site, publication.week), publication.week, updated, day_in_words(last), said)


def _id(site: PublicSite, week: str = "") -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{site.address}/public{week and f'?week={week}'}").urn
