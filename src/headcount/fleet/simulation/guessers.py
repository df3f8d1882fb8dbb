"""Guessers: somebody who knows ids of others, and sends reports under them."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from random import Random

from headcount.fleet._truth import REPORTS_PATH, Event
from headcount.fleet.simulation.habits import DAY

_APART = (3, 40)  # days between a report of the guessed installation and the two that are made up after it


def guessers(number: int, seed: int, events: Sequence[Event], end: int) -> Iterator[Event]:
    """Return the reports of so many guessers before ``end`` (Unix time), in no order.

    In turn they send, of the configuration of somebody else: stock reports; reports with a secret of their own, of an
    installation that has none; both, the stock one first; and, of an installation that has a secret, its own configuration
    with another secret.
    """
    rng = Random(f"headcount/{seed}/guessers")  # noqa: S311  # not for secrets
    named = [event for event in events if event.truth.install is not None and event.truth.plugins]
    stock = [event for event in named if event.truth.sender == "stock"]
    ours = [event for event in named if event.secret is not None]
    if not stock or not ours:
        return
    for place, what in enumerate(islice(cycle(("stock", "secret", "both", "second")), number)):
        victim = rng.choice(ours if what in ("stock", "second") else stock)
        said = {"stock": [rng.choice(stock)], "secret": [rng.choice(ours)], "second": [victim]}.get(what)
        for event in said or [rng.choice(stock), rng.choice(ours)]:
            own = (
                None
                if event.truth.sender == "stock"
                else hashlib.sha256(f"guesser {seed} {place}".encode()).hexdigest()
            )
            for days in _APART:
                received = victim.received + days * DAY + (event.path == REPORTS_PATH)
                if received < end:
                    yield _under(event, str(victim.truth.install), own, received)


def _under(event: Event, install: str, secret: str | None, received: int) -> Event:
    body = {**event.body, "installid": install}
    envelope = body.get("headcount")
    if isinstance(envelope, dict):  # a report whose id is known was sent again
        body["headcount"] = {**envelope, "report": hashlib.sha256(f"{secret} {received}".encode()).hexdigest()[:32]}
    truth = dataclasses.replace(event.truth, install=install, secret=secret, made_up=True)
    return Event(received, body, event.path, truth)
