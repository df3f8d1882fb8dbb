"""The rows of a warehouse's tables, in the order of their columns. Moments are Unix time, seconds; days are UTC.

``install``, ``stock`` and ``profile`` are pseudonyms. In derived rows a pair has the name of its stock pseudonym.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

NEVER = date(2100, 1, 1)
"""The day of what has not come yet."""

LONG_AGO = date(1970, 1, 1)
"""The last stock day of a pair of which no stock report is held."""


class Sighting(NamedTuple):
    """An installation was seen on a day with a profile, at ``last`` for the last time; of ``pair_sightings`` too."""

    install: int
    day: date
    profile: int
    last: int


class Origin(NamedTuple):
    """Since when an installation reports with its secret, and with which profile first.

    ``agrees``: whether that is what its stock pseudonym said; None until it is judged. It is no derived row: what was judged
    stays so where what agreed is no longer held.
    """

    install: int
    stock: int
    first_at: int
    first_profile: int
    agrees: bool | None


class Repeat(NamedTuple):
    """What stock sent again in the first minutes of a day, and counts until the report comes that it repeats."""

    install: int
    profile: int
    last: int


class Crowded(NamedTuple):
    """All reports of the first day of an installation came as those of one of too many of their block of addresses."""

    install: int
    day: date


class Later(NamedTuple):
    """A report that is not believed: it was later than the clock when it was read, at ``noted``."""

    install: int
    profile: int
    last: int
    noted: int
    stock: int
    crowded: bool


class Anonymous(NamedTuple):
    """A profile that came on a day without an install id."""

    day: date
    profile: int


class Drop(NamedTuple):
    """A body that was thrown away on a day, and why."""

    day: date
    kind: str
    body: int


class Pair(NamedTuple):
    """A pseudonym with a secret, and the stock pseudonym, that are one installation.

    ``confirmed``: the second day on which the secret was seen; ``stock_until``: the last on which it was seen as stock.
    """

    install: int
    stock: int
    confirmed: date
    stock_until: date


class Month(NamedTuple):
    """The last profile of an installation in a month, on how many days it was seen in it, and when last."""

    m: date
    install: int
    profile: int
    days: int
    last: int


class Latest(NamedTuple):
    """The last report of an installation."""

    install: int
    profile: int
    last: int


class First(NamedTuple):
    """The first and the last day on which an installation ran a release of Buildbot; 0: it did not say which."""

    install: int
    release: int
    day: date
    upto: date


class Birth(NamedTuple):
    """The first day on which an installation was seen, and the second one; ``earliest``: since when it is known of."""

    install: int
    day: date
    second: date
    earliest: date


class Spell(NamedTuple):
    """From ``day`` through ``upto`` an installation was alive, and its last report had this profile."""

    install: int
    profile: int
    day: date
    upto: date


class Daily(NamedTuple):
    """How many installations were seen on a day, and how many of them for the first time."""

    day: date
    installs: int
    newcomers: int


class Flood(NamedTuple):
    """A day of which newcomers are set apart: how many came, and how many would have been believed."""

    day: date
    newcomers: int
    bound: int


class Apart(NamedTuple):
    """An installation that is set apart since it came on ``came``, until ``released``: a row of ``quarantine``."""

    install: int
    came: date
    released: date


class Comeback(NamedTuple):
    """A later day of an installation that is or was set apart."""

    install: int
    day: date
