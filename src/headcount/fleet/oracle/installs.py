"""The oracle for `installs`: how many there are, by state, and how many were seen by day, week or month."""

from __future__ import annotations

from datetime import timedelta

from headcount.fleet._window import period
from headcount.fleet.oracle.expected import Expected
from headcount.fleet.oracle.population import Population

_NEW_DAYS = 30


def by_state(fleet: Population) -> Expected:
    """Count alive, confirmed, unconfirmed, new, set apart and lapsed installations, of all that were ever seen."""
    ever, alive, confirmed, apart = fleet.ever(), fleet.alive(), fleet.confirmed(), fleet.set_apart()
    recent = fleet.until - timedelta(days=_NEW_DAYS - 1)
    states = {
        "alive": alive,
        "confirmed": confirmed,
        "unconfirmed": alive - confirmed,
        "new": {install for install in alive if fleet.born(install) >= recent},
        "set apart": apart,
        "lapsed": ever - alive - apart,
    }
    return Expected.of(len(ever), [{"state": state, "installations": len(those)} for state, those in states.items()])


def by_period(fleet: Population, by: str) -> Expected:
    """Count the installations seen in each period of the window, which is widened already, and the new ones among them.

    A condition is judged by the last report of each in the period, and the denominator is all that were seen in the window.
    A period in which none was seen has a row too.
    """
    everybody = fleet.installations.items()
    days = [fleet.since + timedelta(days=number) for number in range((fleet.until - fleet.since).days + 1)]
    last = {
        install: {period(by, day): truth for day, truth in reports if day >= fleet.since}
        for install, reports in everybody
    }
    rows: list[dict[str, object]] = []
    for name in sorted({period(by, day) for day in days}):
        those = [
            install
            for install, states in last.items()
            if name in states and (fleet.where is None or fleet.where(states[name]))
        ]
        new = sum(period(by, fleet.born(install)) == name for install in those)
        rows.append({"period": name, "installations": len(those), "new": new})
    return Expected.of(sum(bool(states) for states in last.values()), rows)
