"""The feed of the weeks that were published, in Atom (RFC 4287)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from headcount.dashboard._site import environment
from headcount.dashboard.pages.public._findings import day_in_words, findings
from headcount.dashboard.pages.public._licence import Licence
from headcount.questions import Publication, last_day

MOST = 20
"""Weeks that a feed has at most: the newest."""


class _Entry(NamedTuple):
    id: str
    week: str
    updated: str
    until: str
    text: str


def feed(publications: Iterable[Publication], address: str, licence: Licence) -> bytes:
    """Return the feed. ``publications``: one at least, the newest first; ``address``: of the collector, absolute.

    The id and the time of an entry are made of the address and its week, so that they stay whenever the feed is made.
    """
    entries = [_entry(publication, address) for publication in publications]
    return (
        environment()
        .get_template("feed.atom")
        .render(entries=entries, address=address, licence=licence, id=_id(address))
        .encode()
    )


def _entry(publication: Publication, address: str) -> _Entry:
    last = last_day(publication.week)
    said = " ".join(findings(publication).values())
    updated = f"{last + timedelta(days=1)}T01:00:00Z"  # when a week is due; it may have been published later
    return _Entry(_id(address, publication.week), publication.week, updated, day_in_words(last), said)


def _id(address: str, week: str = "") -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{address}/public{week and f'?week={week}'}").urn
