"""The oracle's spells: from when to when an installation was alive with which state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from headcount.fleet._truth import Truth
from headcount.fleet._window import alive_since
from headcount.fleet.oracle.population import Reports


@dataclass(frozen=True)
class Spell:
    """From ``day`` through ``upto`` the installation was alive, and its last report said this."""

    truth: Truth
    day: date
    upto: date


def profile(truth: Truth) -> Truth:
    """Return what a report describes, without whose it is and how it came."""
    return replace(truth, install=None, secret=None, made_up=False, crowded=False)


def spells(reports: Reports) -> list[Spell]:
    """Return the spells of an installation, by time, from its reports, by time."""
    ends = {day: profile(truth) for day, truth in reports}  # the last of a day counts
    found: list[Spell] = []
    for day, said in ends.items():
        if found and found[-1].upto >= day - timedelta(days=1):
            last = found[-1]
            if last.truth == said:
                found[-1] = replace(last, upto=_alive_until(day))
                continue
            found[-1] = replace(last, upto=day - timedelta(days=1))
        found.append(Spell(said, day, _alive_until(day)))
    return found


def _alive_until(day: date) -> date:
    """Return the last day on which an installation is alive that was last seen on this one."""
    end = day + timedelta(days=390)
    while alive_since(end + timedelta(days=1)) <= day:
        end += timedelta(days=1)
    return end
