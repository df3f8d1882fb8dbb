"""The oracle for `installs`: how many there are, by state, and how many were seen by day, week or month."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from headcount.fleet._expected import Expected
from headcount.fleet._population import Population
from headcount.fleet._window import period, widen

_NEW_DAYS = 30


def by_state(fleet: Population) -> Expected:
    """Count alive, confirmed, unconfirmed, new and lapsed installations, of all that were ever seen."""
    ever, alive, confirmed = fleet.ever(), fleet.alive(), fleet.confirmed()
    recent = fleet.until - timedelta(days=_NEW_DAYS - 1)
    states = {
        "alive": alive,
        "confirmed": confirmed,
        "unconfirmed": alive - confirmed,
        "new": {install for install in ever if fleet.born(install) >= recent},
        "lapsed": ever - alive,
    }
    return Expected.of(len(ever), [{"state": state, "installations": len(those)} for state, those in states.items()])


def by_period(fleet: Population, by: str) -> Expected:
    """Count the installations seen in each period of the window, which is widened already, and the new ones
    among them.

    A period in which none was seen has a row too.
    An installation that moved to a name with a secret by the end of a period is counted in it under that
    name alone.
    """
    seen: defaultdict[str, set[str]] = defaultdict(set)
    days = [fleet.since + timedelta(days=number) for number in range((fleet.until - fleet.since).days + 1)]
    ends = {period(by, day): widen(by, day, day)[1] for day in days}
    for install, reports in fleet.installations.items():
        for day, _ in reports:
            if day >= fleet.since:
                seen[period(by, day)].add(install)
    counted = {name: seen[name] - fleet.superseded(end) if seen[name] else set() for name, end in ends.items()}
    if fleet.where is not None:
        members = fleet.seen(fleet.since)
        counted = {name: there & members for name, there in counted.items()}
    rows: list[dict[str, object]] = [
        {
            "period": name,
            "installations": len(installs),
            "new": sum(period(by, fleet.born(install)) == name for install in installs),
        }
        for name, installs in sorted(counted.items())
    ]
    return Expected.of(len(fleet.seen(fleet.since)), rows)
