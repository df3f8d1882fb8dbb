"""The oracle for `coverage`: the kinds of installations' last reports."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date

from headcount.fleet._truth import Truth
from headcount.fleet._window import day_of
from headcount.fleet.oracle.answered import FIELDS, answered
from headcount.fleet.oracle.customization import is_newer
from headcount.fleet.oracle.expected import Expected
from headcount.fleet.oracle.population import Population

_AGES = {"0-7": 7, "8-30": 30, "31-90": 90, "91-180": 180, "181-270": 270, "271-400": 400, "more than 400": 10**6}


def by_aspect(fleet: Population, by: str, basis: str) -> Expected:
    """Count all installations of the basis."""
    states = fleet.states(basis)
    if by == "field":
        return Expected.of(
            len(states),
            [{"value": path, "installations": sum(answered(state, path) for state in states)} for path in FIELDS],
        )
    if by == "age":
        return _by_age(fleet, basis)
    if by == "scrubbed":
        return _by_scrubbed(states)
    if by == "quarantine":
        return _by_quarantine(fleet)
    if by == "uncounted":
        return Expected.of(len(states), _uncounted(fleet))
    values = Counter(_value(state, by) for state in states)
    rows: list[dict[str, object]] = [
        {"value": value, "installations": count}
        for value, count in sorted(values.items(), key=lambda item: (-item[1], item[0]))
    ]
    if by == "vocabulary":
        newer = Counter(_value(state, by) for state in states if is_newer(state))
        rows = [{**row, "newer": newer[str(row["value"])]} for row in rows]
    return Expected.of(len(states), rows)


def _value(state: Truth, by: str) -> str:
    if by == "janitor":
        return "subtracted" if state.janitor else "(none)"
    return str(getattr(state, by) or "(none)")


def _by_scrubbed(states: list[Truth]) -> Expected:
    installations: Counter[str] = Counter()
    values: Counter[str] = Counter()
    for state in states:
        installations.update(state.scrubbed.keys())
        values.update(state.scrubbed)
    return Expected.of(
        len(states),
        [
            {"value": path, "installations": count, "scrubs": values[path]}
            for path, count in sorted(installations.items(), key=lambda item: (-item[1], item[0]))
        ],
    )


def _by_quarantine(fleet: Population) -> Expected:
    ever, apart = fleet.ever(), fleet.quarantine.apart(fleet.until)
    came: defaultdict[date, set[str]] = defaultdict(set)
    for install, day in fleet.quarantine.came.items():
        if fleet.since <= day and install in ever:
            came[day].add(install)
    return Expected.of(
        len(ever),
        [
            {
                "period": day.isoformat(),
                "installations": len(installs),
                "apart": len(installs & apart),
                "bound": fleet.quarantine.bounds[day],
            }
            for day, installs in sorted(came.items())
        ],
    )


def _uncounted(fleet: Population) -> list[dict[str, object]]:
    """Count what was thrown away: equal bodies once, however often they came. They match no condition."""
    found: defaultdict[str, list[tuple[object, date]]] = defaultdict(list)
    for day, truth in fleet.anonymous:
        if fleet.where is None or fleet.where(truth):
            said = json.dumps({**truth.to_dict(), "kinds": None}, sort_keys=True)
            found[f"anonymous, {truth.level}, {truth.sender}"].append((said, day))
    for received, kind, body in fleet.dropped if fleet.where is None else ():
        found[kind].append((body, day_of(received)))
    windowed = {value: [one for one in those if one[1] >= fleet.since] for value, those in found.items()}
    rows = [
        (len({said for said, _ in those}), len({day for _, day in those}), value)
        for value, those in windowed.items()
        if those
    ]
    return [
        {"value": value, "installations": 0, "reports": reports, "days": days}
        for reports, days, value in sorted(rows, key=lambda row: (-row[0], row[2]))
    ]


def _by_age(fleet: Population, basis: str) -> Expected:
    ages = [(fleet.until - fleet.installations[install][-1][0]).days for install in fleet.of(basis)]
    rows: list[dict[str, object]] = []
    below = -1
    for band, high in _AGES.items():
        if count := sum(below < age <= high for age in ages):
            rows.append({"band": band, "installations": count})
        below = high
    return Expected.of(len(ages), rows)
