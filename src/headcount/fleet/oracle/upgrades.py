"""The oracle for `upgrades`: how many have reached a release, as two worst cases and an estimate; moves; who came back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from statistics import median_low

from headcount.fleet._history import BUILDBOT, Version, version_of
from headcount.fleet._truth import Truth
from headcount.fleet.oracle.expected import Expected, ExpectedTable
from headcount.fleet.oracle.population import Matches, Population, Reports, Truths, population
from headcount.fleet.oracle.quarantine import Believed

Runs = list[tuple[date, Version]]
"""The reported releases of Buildbot of one installation, with their days, by time."""


def by_release(
    truths: Iterable[tuple[int, Truth]],
    *,
    by: str,
    basis: str,
    until: date,
    where: Matches | None,
    believed: Believed,
) -> Expected:
    """Count the installations that were alive on the release's day and had reported a release by then."""
    release = version_of(by)
    (day,) = (date.fromordinal(ordinal) for ordinal, version in BUILDBOT if version == release)
    listed = Truths.of(truths)
    then, now = population(listed, day, day, believed), population(listed, until, until, believed)
    cohort = (then if where is None else then.only(where)).of(basis)
    lives = [now.installations[install] for install in cohort if _versions(then.installations[install])]
    runs = [_versions(reports) for reports in lives]
    upgraded, silent = [], []
    for reports, own in zip(lives, runs, strict=True):
        reached = _reached(own, release)
        if reached is None:
            silent.append(max((reports[-1][0] - day).days, 0))
        else:
            upgraded.append(max((reached - day).days, 0))
    last = (until - day).days
    rows: list[dict[str, object]] = [
        {
            "days": time,
            "installations": sum(day <= time for day in upgraded),
            "most": round(sum(_possible(own, release, day.toordinal() + time) for own in runs) / len(lives), 4),
            "estimate": round(1 - survival(upgraded, silent, time), 4),
            "silent": sum(day < time for day in silent),
        }
        for time in [*range(0, last, 30), last]
        if lives
    ]
    days = range(last + 1)
    least = [sum(seen <= time for seen in upgraded) for time in days]
    most = [sum(_possible(own, release, day.toordinal() + time) for own in runs) for time in days]
    quartiles: list[dict[str, object]] = [
        {
            "portion": quarters / 4,
            "by_least": _first(least, quarters, len(lives)),
            "by_most": _first(most, quarters, len(lives)),
        }
        for quarters in (1, 2, 3)
        if lives
    ]
    return Expected.of(len(lives), rows).beside({"quartiles": ExpectedTable(len(lives), quartiles)})


def _first(counts: list[int], quarters: int, whole: int) -> int | str:
    """Return the first day on which a count is that many quarters of a whole; nothing where it never is."""
    return next((day for day, count in enumerate(counts) if 4 * count >= quarters * whole), "")


def _reached(runs: Runs, release: Version) -> date | None:
    """Return the first day on which a release or a later one was reported."""
    return min((seen for seen, version in runs if version >= release), default=None)


def _possible(runs: Runs, release: Version, day: int) -> bool:
    """Return whether an installation can have reached a release by a day (an ordinal), for all that it reported.

    It cannot where it reported an older release on a later day, before it ever reported that or a later one.
    """
    reached = _reached(runs, release)
    return not any(
        seen.toordinal() > day and version < release and (reached is None or seen < reached) for seen, version in runs
    )


def survival(upgraded: list[int], silent: list[int], time: int) -> float:
    """Return the product-limit estimate of the share to which the event has not happened by ``time``."""
    left = 1.0
    for moment, count in sorted(Counter(upgraded).items()):
        if moment <= time:
            at_risk = sum(other >= moment for other in upgraded) + sum(other >= moment for other in silent)
            left *= 1 - count / at_risk
    return left


def transitions(fleet: Population, basis: str) -> Expected:
    """Count for each series the later one that was reported next, after the first day of the former."""
    days: dict[tuple[Version, Version], list[int]] = {}
    for install in fleet.of(basis):
        runs = [(day, version[:2]) for day, version in _versions(fleet.installations[install])]
        for series in {version for _, version in runs}:
            began = min(day for day, version in runs if version == series)
            firsts = {
                version: min(day for day, same in runs if same == version) for _, version in runs if version > series
            }
            following = min(((day, version) for version, day in firsts.items() if day > began), default=None)
            if following is not None:
                days.setdefault((series, following[1]), []).append((following[0] - began).days)
    return Expected.of(
        _answered(fleet, basis),
        [
            {
                "from": ".".join(map(str, before)),
                "to": ".".join(map(str, after)),
                "installations": len(taken),
                "days": median_low(taken),
            }
            for (before, after), taken in sorted(days.items(), reverse=True)
        ],
    )


def downgrades(fleet: Population, basis: str) -> Expected:
    """Count the installations whose last report names an earlier release than they reported before."""
    left: dict[tuple[Version, Version], list[date]] = {}
    for install in fleet.of(basis):
        reports = fleet.installations[install]
        last, runs = _versions(reports[-1:]), _versions(reports)
        if last:
            highest, now = max(version for _, version in runs), last[0][1]
            if highest > now:
                left.setdefault((highest, now), []).append(max(day for day, version in runs if version == highest))
    ordered = sorted(left.items(), key=lambda item: (len(item[1]), item[0]), reverse=True)
    return Expected.of(
        _answered(fleet, basis),
        [
            {
                "from": ".".join(map(str, highest)),
                "to": ".".join(map(str, now)),
                "installations": len(days),
                "earliest": min(days).isoformat(),
                "latest": max(days).isoformat(),
            }
            for (highest, now), days in ordered
        ],
    )


def _answered(fleet: Population, basis: str) -> int:
    """Return how many said their release in their last report."""
    return sum("buildbot" in state.versions for state in fleet.states(basis))


def _versions(reports: Reports) -> Runs:
    """Return the reported releases of Buildbot, with their days."""
    return [(day, version_of(truth.versions["buildbot"])) for day, truth in reports if "buildbot" in truth.versions]
