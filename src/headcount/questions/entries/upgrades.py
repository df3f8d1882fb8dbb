"""How fast people upgrade."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from headcount.contract import Release
from headcount.questions._columns import INSTALLATIONS, release
from headcount.questions._estimates import reached
from headcount.questions._query import BadQuestion
from headcount.questions._question import (
    Analysis,
    Basis,
    Breakdown,
    Column,
    Execution,
    Findings,
    Question,
    Results,
    Row,
    Scope,
    Shown,
    Statement,
    Table,
    Totals,
    share,
)
from headcount.questions._releases import released
from headcount.questions._series import series
from headcount.questions._statistics import quartiles
from headcount.questions._windows import alive

_STEP = 30  # days between two rows
_EPOCH = date(1970, 1, 1)
_PORTIONS = (0.25, 0.5, 0.75)

_RELEASE_FIELD = "versions.Buildbot"
_BASES: tuple[Basis, ...] = ("alive", "confirmed")


def _findings(results: Results, window_days: int, start: date, levels: Mapping[str, int]) -> Findings:
    """Return the bounds and the estimate for every 30th day since the release, and for the last day."""
    whole = sum(levels.values())
    if not whole:
        return Findings(0, [], {"quartiles": Table([], 0)}, levels)
    upgraded, outdated, silent = days = (Counter[int](), Counter[int](), Counter[int]())
    for part, number, count in results:
        days[part][max(int(number) - (start - _EPOCH).days, 0)] += count
    # who ran an older release on a later day had not reached it; all others may have, from the first day on
    may_have = outdated + Counter({0: whole - outdated.total()})
    times = [*range(0, window_days, _STEP), window_days]
    rows: list[Row] = []
    for time, estimate in zip(times, reached(upgraded, silent, times), strict=True):
        least = _by(upgraded, time)
        rows.append(
            {
                "days": time,
                "installations": least,
                "share": share(least, whole),
                "most": share(_by(may_have, time), whole),
                "estimate": estimate,
                "silent": _by(silent, time - 1),
            }
        )
    portions: list[Row] = [
        {
            "portion": portion,
            "by_least": _days_until(portion, upgraded, whole),
            "by_most": _days_until(portion, may_have, whole),
        }
        for portion in _PORTIONS
    ]
    return Findings(whole, rows, {"quartiles": Table(portions, whole)}, levels)


def _by(days: Counter[int], time: int) -> int:
    """Return how many have a day that is not after a time."""
    return sum(count for day, count in days.items() if day <= time)


def _days_until(portion: float, days: Counter[int], whole: int) -> int | str:
    """Return the first day by which a portion of a whole is there; nothing where that never is."""
    return next((day for day in sorted(days) if _by(days, day) >= portion * whole), "")


def _by_release(version: Release, day: date) -> Breakdown:
    def compute(execution: Execution) -> Findings:
        since = execution.held_since
        if since is not None and since > day:
            raise BadQuestion(_too_old(version, day, since, execution.window.until))
        results = execution.rows("curve", alive(day), {"release": version.number})
        return _findings(results, (execution.window.until - day).days, day, execution.levels())

    statement = Statement("upgrades")
    columns = (
        Column("days", f"since {version} came out on PyPI, {day}"),
        Column("installations", "how many had reported it or a later one by then; `share` is the least that had reached it"),
        Column(
            "most",
            "the share that can have reached it by then: all but who reported an older release on a later day, and it "
            "or a later one not before that",
            is_share=True,
        ),
        Column(
            "estimate",
            "the share after Kaplan and Meier, if those who fell silent upgraded as the others did; no bound",
            is_share=True,
        ),
        Column("silent", "how many had not reported it when they were last seen, before then"),
    )  # fmt: skip
    scope = Scope(
        (_RELEASE_FIELD,),
        "there_then",
        _BASES,
        starts=day,
        counted=lambda window: alive(window.since),
        whom=f"alive on {day} that had said their release",
    )
    tables = {
        "quartiles": (
            Column("portion", "a quarter, a half and three quarters of these installations", is_share=True),
            Column("by_least", "days until so many had reported it; empty where they have not"),
            Column("by_most", "days until so many can have reached it; empty where they cannot"),
        )
    }
    shown = Shown(columns, chart="bounds", grain="release")
    return Breakdown(statement, scope, shown, Analysis({"curve": statement}, compute), tables)


def _too_old(version: Release, day: date, since: date, until: date) -> str:
    """Return why a release cannot be asked of, and which is the oldest that can."""
    asked = [f"{other} ({came})" for other, came in released().items() if since <= came <= until]
    oldest = f"the oldest that can be asked of is {asked[0]}" if asked else "none came out since"
    return (
        f"{version} came out on {day}, and reports are held since {since} alone, so nobody is known who ran what before "
        f"it: {oldest}"
    )


def _moves(results: Results, totals: Totals) -> list[Row]:
    """Return a row for each move from a series to another, the newest first, with the median of the days it took."""
    days: dict[tuple[int, int], Counter[int]] = {}
    for before, after, number, count in results:
        days.setdefault((int(before), int(after)), Counter())[int(number)] += count
    return [
        {
            "from": series("buildbot", before * 1000),
            "to": series("buildbot", after * 1000),
            "installations": counts.total(),
            "share": share(counts.total(), totals.denominator),
            "days": quartiles(counts)[1],
        }
        for (before, after), counts in sorted(days.items(), reverse=True)
    ]


_TRANSITIONS = Breakdown(
    Statement("upgrades.transitions"),
    Scope((_RELEASE_FIELD,), bases=_BASES),
    Shown(
        (
            Column("from", "a series of Buildbot that they reported"),
            Column("to", "the later series that they reported next"),
            Column(
                "installations",
                "how many moved so; an installation is counted once in all rows with the same `from`, which can be added up",
            ),
            Column("days", "the median of the days from their first report of `from` to their first of `to`"),
        ),
        _moves,
        grain="series",
    ),
)
_DOWNGRADES = Breakdown(
    Statement("upgrades.downgrades"),
    Scope((_RELEASE_FIELD,), bases=_BASES, current=True),
    Shown(
        (
            Column("from", "the latest release that they ever reported", release),
            Column("to", "the earlier one that they reported last", release),
            INSTALLATIONS,
            Column("earliest", "the day on which the first of them was last seen with `from`"),
            Column("latest", "the day on which the last of them was last seen with `from`"),
        ),
        grain="release",
    ),
)


QUESTION = Question(
    "upgrades",
    "Upgrades",
    "How fast people upgrade. By a release, such as `4.3.0`: of the installations that were alive on the day that "
    "it came out on PyPI and had said their release (and matched a condition then), how many have reached it or a "
    "later one, by days since. `share` is the least: those that reported so. `most` is the most: those, and whoever "
    "reported no older release on a later day. Both are of ids, the dead included, and hold whether the others were "
    "switched off, turned the reports off for months or for good, or lost some. They suppose that who reports an older "
    "release has not run a later one in silence before, and that ids stay: a container with another id at each start "
    "is many installations, of which none upgrades. `estimate`, Kaplan and Meier's, lies between them and is no bound: "
    "it supposes that those who fell silent upgrade as the others do, and is too low where people opt out as they "
    "upgrade, too high where masters died. In a simulated fleet, 360 days after 4.2.0, these were 35.5%, 50.4% and "
    "77.5% for a true 36.9%; where 60% opt out for good as they upgrade, 11.8%, 27.0% and 79.0%. The table "
    "`quartiles` has the days until a quarter, a half and three quarters have reached it, by the most and by the least. "
    "A release that is older than the oldest "
    "report held is refused. By `transitions`: the moves from a series to the later one that was reported next, and how "
    "long that took. By `downgrades`: who came back from a release and stayed on an earlier one, each installation in "
    "one row, so that rows can be added up.",
    {
        **{str(version): _by_release(version, day) for version, day in reversed(list(released().items()))},
        "transitions": _TRANSITIONS,
        "downgrades": _DOWNGRADES,
    },
)
