"""The simulation: installations, each drawn from a generator of its own, and their reports in the order of time."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable, Iterator
from datetime import date
from random import Random

from headcount.contract import vocabulary
from headcount.fleet._truth import REPORTS_PATH, STOCK_PATH, Event, Truth
from headcount.fleet.simulation.body import Body, build
from headcount.fleet.simulation.floods import floods as _floods
from headcount.fleet.simulation.floods import small_flood
from headcount.fleet.simulation.guessers import guessers as _guessers
from headcount.fleet.simulation.identity import install_id
from headcount.fleet.simulation.installation import Installation, draw_installation
from headcount.fleet.simulation.life import Sending, ours, seconds, sendings
from headcount.fleet.simulation.organisations import first_of, member

_EARLIER = "2026.11.24"
"""The vocabulary of our reporter while its schema was 1."""

_TOLD = 100  # installations that are made up between two words of the progress


def simulate(
    installs: int,
    days: int,
    seed: int,
    until: date,
    floods: int = 0,
    *,
    guessers: int = 0,
    progress: Callable[[float], None] = lambda _: None,
) -> Iterator[Event]:
    """Yield the reports of a fleet in the ``days`` that end with ``until``, by time; equal arguments give
    equal fleets.

    Of ``installs`` masters some 30 % are born in the window; of the others, those that never start in it do
    not report. The first ``n`` of a larger fleet are the fleet of ``n``. ``floods``: the number of floods
    of invented installations beside the fleet, each large enough for the quarantine of a small collector;
    ``guessers``: the number of senders who report under the ids of others; ``progress`` is told which part is made up.
    """
    last = until.toordinal()
    first = last - days + 1
    events: list[Event] = []
    for number in range(installs):
        if number % _TOLD == 0:
            progress(number / installs)
        organised = first_of(number)
        # a text seeds alike in every process, whatever the hash of it
        rng = Random(f"headcount/{seed}/{number if organised is None else organised}")  # noqa: S311  # not for secrets
        one = draw_installation(rng, first, last)
        if one is not None and organised is not None:
            one = member(one, number - organised)
        if one is not None:
            events += _events(one, rng, first, last)
    events += list(_guessers(guessers, seed, events, seconds(last + 1)))
    events += _floods(floods, seed, first, last)
    progress(1)
    events.sort(key=operator.attrgetter("received"))
    return iter(events)


def _events(one: Installation, rng: Random, first: int, last: int) -> Iterator[Event]:
    before: object = None
    body: Body = {}
    truth: Truth
    for start, sending in enumerate(sendings(one, rng, first, last)):
        schema = one.schema(sending.day) if ours(one, sending.buildbot, sending.day) else 0
        install = install_id(one.install, one.identity, start=start, moved=sending.day >= one.moves)
        # a body is built only where the configuration can have changed
        now = (
            install,
            sending.buildbot,
            one.revision(sending.day),
            one.platform(sending.day, sending.buildbot),
            schema,
        )
        if now != before:
            named = dataclasses.replace(one, install=install)
            body, truth = build(named, sending.day, sending.buildbot, schema=schema, vocabulary=_vocabulary(schema))
            before = now
        if schema:
            sent = {**body, "headcount": _envelope(one, sending, rng, schema)}
            yield Event(sending.time, sent, REPORTS_PATH, truth)
            continue
        yield Event(sending.time, body, STOCK_PATH, truth)
        if one.habits.insecure:
            yield Event(sending.time, {**body, "buggySSL": True}, STOCK_PATH, truth)
        if one.identity == "flood" and start == 0:
            yield from small_flood(sending.time, body, truth, last)


def _vocabulary(schema: int) -> str | None:
    """Return the vocabulary by which our reporter of a schema names classes; None for stock's, of schema 0."""
    return {0: None, 1: _EARLIER}.get(schema, vocabulary().version)


def _envelope(one: Installation, sending: Sending, rng: Random, schema: int) -> Body:
    # its own, also of masters of one organisation, whose lives are drawn alike
    number = rng.getrandbits(128) ^ (int(one.install, 16) ^ int(one.like, 16)) % 2**128
    return {
        "schema": schema,
        "vocabulary": _vocabulary(schema),
        "report": f"{number:032x}",
        "level": one.level,
        "reason": sending.reason,
        "every": one.every,
    }
