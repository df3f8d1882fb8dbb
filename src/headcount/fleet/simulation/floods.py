"""Floods: one stock report under many invented ids, sent by somebody who wants to shift the figures."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from random import Random

from headcount.fleet._truth import STOCK_PATH, Event, Truth
from headcount.fleet.simulation.body import Body, build
from headcount.fleet.simulation.habits import DAY
from headcount.fleet.simulation.identity import other_id
from headcount.fleet.simulation.installation import draw_installation
from headcount.fleet.simulation.life import seconds

_IDS, _DAYS = 60, 3  # new ids of a flood on each day, and days
_LATER = 20  # one of so many ids reports again some time later
_SMALL_IDS = 15  # a day, of a flood that stays below the quarantine's limit


def floods(number: int, seed: int, first: int, last: int) -> Iterator[Event]:
    """Return the reports of so many floods, spread over the days (ordinals), in no order.

    Each id reports on two days, which confirms it; a few report again a month or two later, when no other
    id does.
    """
    for place in range(number):
        rng = Random(f"headcount/{seed}/flood/{place}")  # noqa: S311  # not for secrets
        start = first + (place + 1) * (last - first) // (number + 1)
        body, truth = _stock_report(rng, start, last)
        for made in range(_IDS * _DAYS):
            install = other_id(f"flood {seed} {place}", made)
            days = [start + made // _IDS, start + made // _IDS + 1]
            if made % _LATER == 0:
                days.append(start + _DAYS + rng.randint(30, 60))
            for day in days:
                if day <= last:
                    yield _under(install, seconds(day) + rng.randrange(DAY), body, truth)


def small_flood(time: int, body: Body, truth: Truth, last: int) -> Iterator[Event]:
    """Return an installation's report at ``time`` under a few ids on each of the next days, once each."""
    for number in range(_SMALL_IDS * _DAYS):
        day, place = divmod(number, _SMALL_IDS)
        then = time - time % DAY + (day + 1) * DAY + place * 60
        if truth.install is not None and then < seconds(last + 1):
            yield _under(other_id(truth.install, number), then, body, truth)


def _stock_report(rng: Random, day: int, last: int) -> tuple[Body, Truth]:
    """Return the report of some installation on a day."""
    while True:
        one = draw_installation(rng, day, last)
        if one is not None and one.level != "custom":
            return build(one, day, one.buildbot(day))


def _under(install: str, received: int, body: Body, truth: Truth) -> Event:
    said = dataclasses.replace(truth, install=install, made_up=True)
    return Event(received, {**body, "installid": install}, STOCK_PATH, said)
