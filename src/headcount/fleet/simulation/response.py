"""Response: a fleet of which a part does not report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from random import Random

from headcount.fleet._truth import Event, Truth


def respond(events: Iterable[Event], chance: Callable[[Truth], float], seed: int) -> Iterator[Event]:
    """Return the reports of the installations that report at all, each with the chance that its last state
    gives it.

    An installation without an id does not report. The answers are compared with the truth of the others.
    """
    listed = list(events)
    last = {event.truth.install: event.truth for event in listed if event.truth.install is not None}
    rng = Random(f"respond/{seed}")  # noqa: S311  # not for secrets
    reporting = {install for install, truth in sorted(last.items()) if rng.random() < chance(truth)}
    return (event for event in listed if event.truth.install in reporting)
