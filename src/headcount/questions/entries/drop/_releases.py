"""On which series of Buildbot the users are: who would get a release without it, and who would not upgrade anyway."""

from __future__ import annotations

from collections import Counter
from datetime import date

from headcount.questions._columns import INSTALLATIONS
from headcount.questions._question import Cell, Column, Table, share
from headcount.questions._releases import released
from headcount.questions._series import place, series
from headcount.questions._windows import Window
from headcount.questions.entries.drop._counts import Counts, part_of

NEWEST_SERIES = 2
"""Who runs one of so many series upgrades; of the others nobody knows."""

COLUMNS = (
    Column("version", "a series of Buildbot, the newest first"),
    INSTALLATIONS,
    Column("all", "how many installations run it that answered all that is asked"),
    Column("rate", "which part of those uses it", is_share=True),
)


def compute(counts: Counts) -> Table:
    """Return users by series, the newest first."""
    users = _by_series(counts.users)
    told, everybody = _by_series(counts.told_users), _by_series(counts.told_users + counts.told_others)
    whole = users.total()
    rows = tuple(
        {
            "version": name,
            "installations": users[name],
            "share": share(users[name], whole),
            "all": everybody[name],
            "rate": part_of(told[name], everybody[name]),
        }
        for name in sorted(users, key=place, reverse=True)
    )
    return Table(rows, whole)


def of_newest(counts: Counts, window: Window) -> dict[str, Cell | None]:
    """Return how many users run the newest release and the newest two series, and which part of all that answered does.

    Who runs what is not released yet is in neither.
    """
    out = [release for release, day in released().items() if day <= window.until]
    two = newest_series(window.until)
    told, everybody = _by_series(counts.told_users), _by_series(counts.told_users + counts.told_others)
    newest = max(out, default=None)
    return {
        "newest_release": "" if newest is None else str(newest),
        "on_newest_release": 0 if newest is None else counts.users[newest.number],
        "newest_series": ", ".join(two),
        "on_newest_series": _on(two, _by_series(counts.users)),
        "rate_on_newest_series": part_of(_on(two, told), _on(two, everybody)),
    }


def newest_series(until: date) -> tuple[str, ...]:
    """Return the newest two series of Buildbot that were out on a day, the newest first."""
    out = {series("buildbot", release.number) for release, day in released().items() if day <= until}
    return tuple(sorted(out, key=place, reverse=True)[:NEWEST_SERIES])


def _by_series(releases: Counter[int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for release, number in releases.items():
        if release:
            found[series("buildbot", release)] += number
    return found


def _on(names: tuple[str, ...], counted: Counter[str]) -> int:
    return sum(counted[name] for name in names)
