"""On which series of Buildbot the users are: who would get a release without it, and who would not upgrade anyway."""

from __future__ import annotations

from collections import Counter

from headcount.questions._columns import INSTALLATIONS
from headcount.questions._question import Column, Row, Table, share
from headcount.questions._releases import released
from headcount.questions._windows import Window
from headcount.questions.entries.drop._counts import Counts, buildbot_series

NEWEST_SERIES = 2
"""Who runs one of so many series upgrades; of the others nobody knows."""

COLUMNS = (
    Column("version", "a series of Buildbot, the newest first"),
    INSTALLATIONS,
    Column("all", "how many installations run it of which it is known whether they use it"),
    Column("rate", "the part of those that uses it", is_share=True),
)


def compute(counts: Counts) -> Table:
    """Return users by series, the newest first."""
    users, others = counts.users, counts.others
    whole = sum(number for release, number in users.items() if release)
    rows: list[Row] = [
        {
            "version": name,
            "installations": using,
            "share": share(using, whole),
            "all": everybody,
            "rate": share(using, everybody),
        }
        for name, using, everybody in _by_series(users, others)
        if using
    ]
    return Table(tuple(rows), whole)


def of_newest(counts: Counts, window: Window) -> Row:
    """Return how many of the users, and of all of which it is known, run the newest release, and the newest two series."""
    out = [release for release, day in released().items() if day <= window.until]
    if not out:
        return {
            "newest_release": "",
            "on_newest_release": 0,
            "newest_series": "",
            "on_newest_series": 0,
            "rate_on_newest_series": 0.0,
        }
    newest = max(out)
    series = sorted({(release.major, release.minor) for release in out}, reverse=True)[:NEWEST_SERIES]
    of_series = {f"{major}.{minor}" for major, minor in series}
    found = [
        (using, everybody) for name, using, everybody in _by_series(counts.users, counts.others) if name in of_series
    ]
    using, everybody = sum(using for using, _ in found), sum(everybody for _, everybody in found)
    return {
        "newest_release": str(newest),
        "on_newest_release": sum(number for release, number in counts.users.items() if release >= newest.number),
        "newest_series": ", ".join(sorted(of_series, reverse=True)),
        "on_newest_series": using,
        "rate_on_newest_series": share(using, everybody),
    }


def _by_series(users: Counter[int], others: Counter[int]) -> list[tuple[str, int, int]]:
    """Return each series with how many use it and of how many it is known, the newest first."""
    found: dict[str, list[int]] = {}
    for release in sorted(users.keys() | others.keys(), reverse=True):
        if release:
            counted = found.setdefault(buildbot_series(release), [0, 0])
            counted[0] += users[release]
            counted[1] += users[release] + others[release]
    return [(name, using, everybody) for name, (using, everybody) in found.items()]
