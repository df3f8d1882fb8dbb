"""The oracle for `adoption`: who uses what a release of Buildbot brought, of those on it or a later one."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date

from headcount.fleet._history import BUILDBOT, version_of
from headcount.fleet._truth import Truth
from headcount.fleet._window import alive_since
from headcount.fleet.oracle.candidates import plugins
from headcount.fleet.oracle.expected import Expected, ExpectedTable, ratio
from headcount.fleet.oracle.population import Matches, Truths, population
from headcount.fleet.oracle.quarantine import Believed


def of_release(
    truths: Iterable[tuple[int, Truth]],
    *,
    by: str,
    basis: str,
    until: date,
    where: Matches | None,
    believed: Believed,
) -> Expected:
    """Count who uses each plugin at the end of ``until``, and so many months after the release, by the last reports then."""
    reports = Truths.of(truths)
    brought = {path: kind for path, (kind, since) in plugins().items() if since == by}

    def states(day: date) -> list[Truth]:
        fleet = population(reports, alive_since(day), day, believed)
        return [
            state
            for state in (fleet if where is None else fleet.only(where)).states(basis)
            if state.plugins is not None and version_of(state.versions.get("buildbot", "0")) >= version_of(by)
        ]

    now = states(until)
    rows: list[dict[str, object]] = [
        {"plugin": path, "kind": kind, "installations": _users(now, path)} for path, kind in brought.items()
    ]
    rows.sort(key=lambda row: (-_users(now, str(row["plugin"])), row["plugin"]))
    came_out = next(date.fromordinal(day) for day, version in BUILDBOT if version == version_of(by))
    months: list[dict[str, object]] = []
    for after in (1, 2, 3, 6, 9, 12, 18, 24):
        day = _later(came_out, after)
        running = states(day) if day <= until else []
        if running:
            for path in brought:
                users = _users(running, path)
                months.append(
                    {"plugin": path, "months": after, "installations": users, "share": ratio(users, len(running)),
                     "running": len(running)}
                )  # fmt: skip
    months.sort(key=lambda row: str(row["plugin"]))
    return Expected.of(len(now), rows).beside({"months": ExpectedTable(None, months)})


def _users(states: list[Truth], path: str) -> int:
    return sum(any(base == path for base, _ in state.plugins or {}) for state in states)


def _later(day: date, months: int) -> date:
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
