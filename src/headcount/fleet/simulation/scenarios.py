"""Scenarios: what became of the installations at a release, whether or not they reported it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from typing import NamedTuple

from headcount.fleet._history import Version, version_of
from headcount.fleet._truth import Event
from headcount.fleet.simulation.habits import DAY


@dataclass(frozen=True)
class Scenario:
    """A scenario; each number is a share of the installations, but for ``lost``, that of their reports.

    ``opts_out``: who stops to report when it upgrades to the release or a later one; ``silent``: for how many days, None:
    for good; ``dies``: who is switched off on some day; ``lost``: the reports that never arrive; ``goes_back``: who returns,
    at the start after its upgrade, to what it was before, and stays there.
    """

    opts_out: float = 0.0
    silent: int | None = None
    dies: float = 0.0
    lost: float = 0.0
    goes_back: float = 0.0


class Played(NamedTuple):
    """The starts that happened, as the reports that they would have sent, and the reports that arrived; by time."""

    happened: list[Event]
    reported: list[Event]


def play(events: Iterable[Event], release: Version, scenario: Scenario, seed: int) -> Played:
    """Return a fleet as the scenario changes it, for who upgrades to a release. Who has no id is left out."""
    lives: dict[str, list[Event]] = {}
    for event in sorted(events, key=lambda event: event.received):
        if event.truth.install is not None:
            lives.setdefault(event.truth.install, []).append(event)
    happened: list[Event] = []
    reported: list[Event] = []
    for install, life in lives.items():
        rng = Random(f"scenario/{seed}/{install}")  # noqa: S311  # not for secrets
        # all are drawn, so that scenarios that share a number share who it concerns
        dies, day, back, out = rng.random(), rng.random(), rng.random(), rng.random()
        lived = life
        if dies < scenario.dies:
            end = life[0].received + day * (life[-1].received - life[0].received)
            lived = [event for event in life if event.received <= end]
        upgrade = _upgrade(lived, release)
        if upgrade and back < scenario.goes_back:
            before = lived[upgrade - 1]
            lived = lived[: upgrade + 1] + [_again(before, event.received) for event in lived[upgrade + 1 :]]
        happened += lived
        heard = lived
        if upgrade and out < scenario.opts_out:
            since = lived[upgrade].received
            until = float("inf") if scenario.silent is None else since + scenario.silent * DAY
            heard = [event for event in lived if not since <= event.received < until]
        reported += [event for event in heard if rng.random() >= scenario.lost]
    return Played(*(sorted(each, key=lambda event: event.received) for each in (happened, reported)))


def runs(event: Event) -> Version | None:
    """Return the release of Buildbot that a report tells, None where it does not."""
    text = event.truth.versions.get("buildbot")
    return None if text is None else version_of(text)


def _upgrade(life: list[Event], release: Version) -> int | None:
    """Return the place of the first start with the release or a later one that follows one with an older release."""
    for place, (before, after) in enumerate(pairwise(life), 1):
        old, new = runs(before), runs(after)
        if old is not None and new is not None and old < release <= new:
            return place
    return None


def _again(event: Event, received: int) -> Event:
    """Return a report that says what an earlier one did, under a report id of its own."""
    envelope = event.body.get("headcount")
    if not isinstance(envelope, dict):
        return replace(event, received=received)
    number = Random(f"{envelope['report']}/{received}").getrandbits(128)  # noqa: S311  # not for secrets
    return replace(event, received=received, body={**event.body, "headcount": {**envelope, "report": f"{number:032x}"}})
