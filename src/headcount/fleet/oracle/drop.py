"""The oracle for `drop`: the installations that use what a condition names."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from headcount.fleet._history import BUILDBOT, version_of
from headcount.fleet._truth import Truth
from headcount.fleet.oracle import combinations
from headcount.fleet.oracle.expected import Expected
from headcount.fleet.oracle.population import Matches, Population, population
from headcount.fleet.oracle.quarantine import Believed

Asks = Callable[[Truth], bool]
"""Return whether a report answered everything that the condition names."""


def by_aspect(
    truths: Iterable[tuple[int, Truth]],
    *,
    by: str,
    basis: str,
    window: tuple[date, date],
    where: Matches,
    asks: Asks,
    believed: Believed,
) -> Expected:
    """Return the record of the installations for which ``where`` holds, of those for which ``asks`` holds."""
    listed = list(truths)
    since, until = window
    fleet = population(listed, since, until, believed)
    if by == "companions":
        return combinations.companions(fleet, basis, where)
    if by == "month":
        return _by_month(fleet, where, asks)
    states = fleet.states(basis)
    using = [state for state in states if where(state)]
    answering, told = sum(map(asks, states)), sum(map(asks, using))
    if by == "version":
        versions = Counter(version_of(state.versions["buildbot"]) for state in using if "buildbot" in state.versions)
        ordered = sorted(versions.items(), key=lambda item: (item[1], item[0]), reverse=True)
        rows: list[dict[str, object]] = [
            {"version": ".".join(map(str, version)), "installations": count} for version, count in ordered
        ]
        return Expected.of(len(using), rows)
    if by == "silent":
        return _silent(len(using), told, answering)
    before = population(listed, until, until - timedelta(days=365), believed)
    earlier = [state for state in before.states(basis) if where(state)]
    answering_earlier = sum(map(asks, before.states(basis)))
    low, high = wilson(told, answering)
    low_before, high_before = wilson(sum(map(asks, earlier)), answering_earlier)
    row = {
        **_summary(fleet, using, where),
        "share": _part(told, answering) if answering else None,
        "low": low,
        "high": high,
        "before": len(earlier),
        "before_share": _part(sum(map(asks, earlier)), answering_earlier),
        "trend": "growing" if low > high_before else "shrinking" if high < low_before else "no clear change",
    }
    return Expected(answering, [row])


def _part(those: int, everybody: int) -> float:
    return those / everybody if everybody else 0.0


def _summary(fleet: Population, using: list[Truth], where: Matches) -> dict[str, object]:
    recent = {
        version
        for day, version in BUILDBOT
        if fleet.until - timedelta(days=364) <= date.fromordinal(day) <= fleet.until
    }
    last = [fleet.installations[install][-1] for install in fleet.ever()]
    ended = [day for day, truth in last if where(truth)]
    return {
        "installations": len(using),
        "current": sum(version_of(state.versions.get("buildbot", "0")) in recent for state in using),
        "last_seen": max(ended).isoformat() if ended else "never",
    }


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Return the 95 % interval of a share, by Wilson's formula."""
    if whole == 0:
        return 0.0, 1.0
    z, rate = 1.959963984540054, part / whole
    middle = (rate + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * math.sqrt(rate * (1 - rate) / whole + z * z / (4 * whole * whole))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _silent(using: int, told: int, answering: int) -> Expected:
    rate = _part(told, answering)
    rows: list[dict[str, object]] = [
        {
            "times": times,
            "reporting": reporting,
            "installations": using,
            "share": rate if answering else None,
            "estimate": reporting * rate + (1 - reporting) * min(1.0, times * rate),
        }
        for reporting in (0.5, 0.25, 0.1)
        for times in (0.5, 1.0, 2.0, 5.0, 10.0)
    ]
    return Expected(answering, rows)


def _by_month(fleet: Population, where: Matches, asks: Asks) -> Expected:
    last: defaultdict[str, dict[str, Truth]] = defaultdict(dict)
    for install in fleet.ever():
        for day, truth in fleet.installations[install]:
            if day >= fleet.since:
                last[day.isoformat()[:7]][install] = truth
    answering = sum(map(asks, fleet.states("seen")))
    rows: list[dict[str, object]] = []
    for period, states in sorted(last.items()):
        using = [state for state in states.values() if where(state)]
        seen, told = sum(map(asks, states.values())), sum(map(asks, using))
        if using or seen:
            rows.append(
                {
                    "period": period,
                    "installations": len(using),
                    "share": _part(told, answering) if answering else None,
                    "seen": seen,
                    "rate": _part(told, seen),
                }
            )
    return Expected(answering, rows)
