"""Versions that are behind their support, or that the next series of Buildbot does without."""

from __future__ import annotations

import csv
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from headcount.client.advice._concern import SUPPORT, Concern
from headcount.contract import Profile, Release, parse_release, series_of, supported, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

PRODUCTS = {"buildbot": "Buildbot", "python": "Python", "twisted": "Twisted", "sqlalchemy": "SQLAlchemy"}
"""The products of which a report tells the version, by their names in tables, and how they are written."""

_NAMES = {**PRODUCTS, "worker": "buildbot-worker"}


class Bound(NamedTuple):
    """A release under which something is no longer supported, or not by Buildbot's next series; ``text`` says which."""

    kind: str
    product: str
    below: Release
    text: str
    link: str


@lru_cache(maxsize=1)
def bounds() -> tuple[Bound, ...]:
    """Return all bounds; they are read once, from ``versions.csv``."""
    with files("headcount.client.advice").joinpath("versions.csv").open(encoding="utf-8") as lines:
        return tuple(
            Bound(
                row["kind"], row["product"], parse_release(row["below"]) or Release(0, 0, 0), row["text"], row["link"]
            )
            for row in csv.DictReader(lines)
        )


def behind(profile: Profile, today: date) -> Iterator[Concern]:
    """Yield what is behind its support on a day, UTC, or will be with the next series of Buildbot."""
    for product, release in _releases(profile):
        name = f"{_NAMES[product]} {release}"
        end = supported().get((product, series_of(product, release)))
        if end is not None and date.fromisoformat(end) < today:
            yield Concern(SUPPORT, name, f"{name}: the support of its series ended on {end}")
        if product == "buildbot" and release[:2] < vocabulary().newest[:2]:
            newest = series_of(product, vocabulary().newest)
            text = f"{name}: a newer series is out, {newest}, and what is mended is mended there"
            yield Concern(SUPPORT, name, text, None, "https://docs.buildbot.net/latest/relnotes/index.html")
        for bound in bounds():
            if bound.product == product and release < bound.below:
                yield Concern(bound.kind, name, f"{name}: {bound.text}", None, bound.link)


def _releases(profile: Profile) -> Iterator[tuple[str, Release]]:
    for product in PRODUCTS:
        release = getattr(profile, product)
        if release is not None:
            yield product, release
    yield from (("worker", release) for release, _ in profile.workers or ())
