"""The table of periods, which stands beside the rows of each answer over periods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from headcount.questions._columns import PERIOD
from headcount.questions._periods import Periods, months_held
from headcount.questions._question import Column, Execution, Row, Statement
from headcount.questions._windows import Window, months_before

NOT_SEEN = "not yet seen"
"""What a period says whose leavers are still counted."""

TABLE = (
    Column("period", PERIOD.meaning),
    Column("denominator", "the installations at its end of which the shares are"),
    Column(
        "seen",
        "installations seen in the period, whoever they are; of one that is cut short, in the days up to the end of the "
        "window",
    ),
    Column(
        "seen_before",
        "installations seen in the same month a year before, or 52 weeks before, and of one that is cut short in as "
        "many days; empty where reports of all of it are not held",
    ),
    Column(
        "leavers",
        f"`{NOT_SEEN}` where whoever left in the last 12 months is still counted as alive, so that a fall since then does "
        "not show",
    ),
    Column(
        "memory",
        "for how many months up to its end reports are held, 13 at the most: with fewer, those are not counted that were "
        "alive and did not report in them",
    ),
)
"""The columns of the table of periods, which stands beside the rows of each answer over periods."""

_EVERYBODY = {"members": "everything"}
SEEN: Mapping[str, Statement] = {
    "seen by month": Statement("over.seen", fill={**_EVERYBODY, "periods": "months"}),
    "seen in days of month": Statement("over.seen", fill={**_EVERYBODY, "periods": "each_month"}),
    "seen by week": Statement("over.seen.weeks", fill=_EVERYBODY),
}
"""The statements that say how many were seen."""

_BITS = 60  # weeks of which a number has a bit
_EPOCH = date(1970, 1, 1)


def beside(execution: Execution, periods: Periods, whole: Sequence[int]) -> list[Row]:
    """Return the rows of the table; ``whole``: of how many installations the shares are at the end of each period."""
    assert execution.held_since is not None
    seen, before = _seen(execution, periods)
    last_year = months_before(periods.until, 12)
    return [
        {
            "period": name,
            "denominator": count,
            "seen": seen.get(start, 0),
            "seen_before": before.get(earlier, 0) if earlier >= execution.held_since else "",
            "leavers": NOT_SEEN if end > last_year else "",
            "memory": months_held(end, execution.held_since),
        }
        for name, count, start, earlier, end in zip(
            periods.names, whole, periods.starts, map(periods.year_before, periods.starts), periods.ends, strict=True
        )
    ]


def _seen(execution: Execution, periods: Periods) -> tuple[Mapping[date, int], Mapping[date, int]]:
    """Return how many were seen in each period, and in each a year before, by their first days."""
    days = Window(periods.starts[0], periods.until)
    earlier = Window(periods.year_before(days.since), periods.year_before(days.until))
    if periods.unit == "week":
        return _by_week(execution, days), _by_week(execution, earlier)
    months: dict[date, int] = dict(execution.rows("seen by month", Window(earlier.since, days.until)))
    if not periods.is_cut:
        return months, months
    last = periods.starts[-1]
    return (
        {**months, **_in_days(execution, Window(last, days.until))},
        {**months, **_in_days(execution, Window(periods.year_before(last), earlier.until))},
    )


def _in_days(execution: Execution, days: Window) -> dict[date, int]:
    """Return how many were seen on some days of a month, by the first."""
    return {days.since: sum(count for _, count in execution.rows("seen in days of month", days))}


def _by_week(execution: Execution, days: Window) -> Counter[date]:
    """Return how many were seen in each week, by its Monday. An installation has one number, with a bit for each week."""
    seen: Counter[date] = Counter()
    for passed in range(0, (days.until - days.since).days + 1, 7 * _BITS):
        first = days.since + timedelta(days=passed)
        part = Window(first, min(days.until, first + timedelta(days=7 * _BITS - 1)))
        mondays = [first + timedelta(weeks=number) for number in range(_BITS)]
        bits = [(monday, 1 << (((monday - _EPOCH).days + 3) // 7 % _BITS)) for monday in mondays]
        for weeks, count in execution.rows("seen by week", part):
            for monday, bit in bits:
                if int(weeks) & bit:
                    seen[monday] += int(count)
    return seen
