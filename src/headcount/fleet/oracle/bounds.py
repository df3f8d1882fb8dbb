"""The oracle for the two shares between which a condition is true, whatever those are who left out what it asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from headcount.fleet._history import BUILDBOT, version_of
from headcount.fleet._truth import Truth
from headcount.fleet.oracle.conditions import Judge
from headcount.fleet.oracle.population import population
from headcount.fleet.oracle.quarantine import USUAL, Believed

_OF_ALL = {("installs", "state"), ("coverage", "quarantine")}
"""What is asked of all that were ever seen."""


def bounds(
    question: str,
    truths: Iterable[tuple[int, Truth]],
    *,
    by: str,
    basis: str,
    since: date,
    until: date,
    judge: Judge,
    believed: Believed = USUAL,
) -> tuple[float, float] | None:
    """Return the share of those of whom the condition is true, and of those of whom it is not false; None of nobody.

    Of the basis by the last reports in the window, or on the day of a release where its upgrades are asked.
    """
    if question == "upgrades" and by not in ("transitions", "downgrades"):
        (until,) = (date.fromordinal(ordinal) for ordinal, version in BUILDBOT if version == version_of(by))
    fleet = population(truths, since, until, believed)
    everybody = fleet.ever() if (question, by) in _OF_ALL else fleet.of(basis)
    judged = [judge(fleet.installations[install][-1][1]) for install in everybody]
    if not judged:
        return None
    return judged.count(True) / len(judged), 1 - judged.count(False) / len(judged)
