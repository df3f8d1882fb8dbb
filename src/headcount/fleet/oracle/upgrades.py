"""The oracle for `upgrades`: how many run a release or a later one, by days since it came out, as two bounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from headcount.fleet._history import BUILDBOT, Version, version_of
from headcount.fleet._truth import Truth
from headcount.fleet.oracle.expected import Expected
from headcount.fleet.oracle.population import Matches, Population, Reports, population
from headcount.fleet.oracle.quarantine import Believed


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
    listed = list(truths)
    then, now = population(listed, day, day, believed), population(listed, until, until, believed)
    cohort = (then if where is None else then.only(where)).of(basis)
    lives = [now.installations[install] for install in cohort if _versions(then.installations[install])]
    upgraded, silent = [], []
    for reports in lives:
        reached = [seen for seen, version in _versions(reports) if version >= release]
        if reached:
            upgraded.append(max((min(reached) - day).days, 0))
        else:
            silent.append(max((reports[-1][0] - day).days, 0))
    last = (until - day).days
    rows: list[dict[str, object]] = [
        {
            "days": time,
            "installations": sum(day <= time for day in upgraded),
            "upper": round(1 - survival(upgraded, silent, time), 4),
            "silent": sum(day < time for day in silent),
        }
        for time in [*range(0, last, 30), last]
    ]
    return Expected.of(len(lives), rows)


def survival(upgraded: list[int], silent: list[int], time: int) -> float:
    """Return the product-limit estimate of the share to which the event has not happened by ``time``."""
    left = 1.0
    for moment, count in sorted(Counter(upgraded).items()):
        if moment <= time:
            at_risk = sum(other >= moment for other in upgraded) + sum(other >= moment for other in silent)
            left *= 1 - count / at_risk
    return left


def downgrades(fleet: Population, basis: str) -> Expected:
    """Count the installations that ran a release, and on a later day an earlier one, of those whose last
    report named a release.
    """
    counts: Counter[Version] = Counter()
    for install in fleet.of(basis):
        runs = _versions(fleet.installations[install])
        counts.update(
            {
                version
                for version in {version for _, version in runs}
                if any(
                    other < version and later > min(day for day, same in runs if same == version)
                    for later, other in runs
                )
            }
        )
    said = sum("buildbot" in state.versions for state in fleet.states(basis))
    ordered = sorted(counts.items(), key=lambda item: (item[1], item[0]), reverse=True)
    return Expected.of(
        said, [{"version": ".".join(map(str, version)), "installations": count} for version, count in ordered]
    )


def _versions(reports: Reports) -> list[tuple[date, Version]]:
    """Return the reported releases of Buildbot, with their days."""
    return [(day, version_of(truth.versions["buildbot"])) for day, truth in reports if "buildbot" in truth.versions]
