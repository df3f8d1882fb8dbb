"""The oracle for `drop`: the installations that use what a condition names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date

from headcount.fleet._history import version_of
from headcount.fleet._truth import Truth
from headcount.fleet.oracle import combinations
from headcount.fleet.oracle.expected import Expected
from headcount.fleet.oracle.population import Population, Truths, population
from headcount.fleet.oracle.quarantine import Believed
from headcount.fleet.oracle.record import Asked, record


def by_aspect(
    truths: Iterable[tuple[int, Truth]],
    *,
    by: str,
    basis: str,
    window: tuple[date, date],
    asked: Asked,
    believed: Believed,
) -> Expected:
    """Return what there is to know of the installations of which what is ``asked`` is true."""
    listed = Truths.of(truths)
    since, until = window
    if by not in ("companions", "month", "version", "silent"):
        found = record(listed, basis=basis, until=until, asked=asked, believed=believed)
        return found if by == "summary" else found.alone(by)
    fleet = population(listed, since, until, believed)
    if by == "companions":
        return combinations.companions(fleet, basis, lambda truth: asked.judge(truth) is True)
    if by == "month":
        return _by_month(fleet, asked)
    states = fleet.states(basis)
    using = [state for state in states if asked.judge(state) is True]
    if by == "version":
        versions = Counter(version_of(state.versions["buildbot"]) for state in using if "buildbot" in state.versions)
        ordered = sorted(versions.items(), key=lambda item: (item[1], item[0]), reverse=True)
        rows: list[dict[str, object]] = [
            {"version": ".".join(map(str, version)), "installations": count} for version, count in ordered
        ]
        return Expected.of(versions.total(), rows)
    return _silent(sum(map(asked.asks, using)), sum(map(asked.asks, states)))


def _part(those: int, everybody: int) -> float:
    return those / everybody if everybody else 0.0


def _silent(told: int, answering: int) -> Expected:
    if not answering:
        return Expected(0, [])
    rate = told / answering
    rows: list[dict[str, object]] = [
        {
            "times": times,
            "reporting": reporting,
            "installations": told,
            "share": rate,
            "estimate": reporting * rate + (1 - reporting) * min(1.0, times * rate),
        }
        for reporting in (0.5, 0.25, 0.1)
        for times in (0.5, 1.0, 2.0, 5.0, 10.0)
    ]
    return Expected(answering, rows)


def _by_month(fleet: Population, asked: Asked) -> Expected:
    last: defaultdict[str, dict[str, Truth]] = defaultdict(dict)
    for install in fleet.ever():
        for day, truth in fleet.installations[install]:
            if day >= fleet.since:
                last[day.isoformat()[:7]][install] = truth
    rows: list[dict[str, object]] = []
    for period, states in sorted(last.items()):
        using = [state for state in states.values() if asked.judge(state) is True]
        seen, told = sum(map(asked.asks, states.values())), sum(map(asked.asks, using))
        if using or seen:
            rows.append(
                {"period": period, "installations": len(using), "share": told / seen if seen else None, "seen": seen}
            )
    return Expected(sum(map(asked.asks, fleet.states("seen"))), rows)
