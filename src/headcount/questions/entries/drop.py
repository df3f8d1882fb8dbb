"""What a maintainer must know before dropping something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from headcount.questions._columns import INSTALLATIONS, VERSION
from headcount.questions._estimates import interval
from headcount.questions._question import (
    Breakdown,
    Column,
    Question,
    Results,
    Row,
    Run,
    Scope,
    Shown,
    Statement,
    Totals,
    share,
)
from headcount.questions._releases import of_the_year
from headcount.questions._windows import Window, alive
from headcount.questions.entries.combinations import COMPANIONS

_EPOCH = date(1970, 1, 1).toordinal()
_TIMES = (0.5, 1.0, 2.0, 5.0, 10.0)
_REPORTING = (0.5, 0.25, 0.1)
_USERS = Scope(denominator="asked", bases=("alive", "confirmed"), subject="everyone")


def _now_and_before(window: Window) -> Iterable[Run]:
    before = alive(window.until - timedelta(days=365))
    return [Run(("now",), window, {"ever": 1}), Run(("before",), before, {"ever": 0})]


class _Counts(NamedTuple):
    """Of a run: users by release, how many of them answered all, how many did at all, and the last day of a user, or 0."""

    using: Counter[int]
    told: int
    everyone: int
    last: int


def _counted(results: Results, when: str) -> _Counts:
    using: Counter[int] = Counter()
    told = everyone = last = 0
    for run, part, number, count in results:
        if run != when:
            continue
        if part == "ever":
            last = max(last, int(number))
            continue
        if part != "others":
            using[int(number)] += count
        if part != "partly":
            everyone += count
            told += count if part == "uses" else 0
    return _Counts(using, told, everyone, last)


def _summary(results: Results, totals: Totals) -> list[Row]:
    now, earlier = (_counted(results, when) for when in ("now", "before"))
    low, high = interval(now.told, now.everyone)
    low_before, high_before = interval(earlier.told, earlier.everyone)
    trend = "growing" if low > high_before else "shrinking" if high < low_before else "no clear change"
    recent = of_the_year(totals.window.until)
    return [
        {
            "installations": now.using.total(),
            "share": share(now.told, now.everyone),
            "low": low,
            "high": high,
            "before": earlier.using.total(),
            "before_share": share(earlier.told, earlier.everyone),
            "trend": trend,
            "current": sum(count for number, count in now.using.items() if number in recent),
            "last_seen": date.fromordinal(_EPOCH + now.last).isoformat() if now.last else "never",
        }
    ]


def _silent(results: Results, _: Totals) -> list[Row]:
    now = _counted([("now", *row) for row in results], "now")
    rate = now.told / now.everyone if now.everyone else 0.0
    return [
        {
            "times": times,
            "reporting": reporting,
            "installations": now.using.total(),
            "share": share(now.told, now.everyone),
            "estimate": round(reporting * rate + (1 - reporting) * min(times * rate, 1.0), 4),
        }
        for reporting in _REPORTING
        for times in _TIMES
    ]


def _months(results: Results, totals: Totals) -> list[Row]:
    return [
        {
            "period": period.isoformat()[:7],
            "installations": using,
            "share": share(told, totals.denominator),
            "seen": everyone,
            "rate": share(told, everyone),
        }
        for period, using, everyone, told in results
    ]


QUESTION = Question(
    "drop",
    "Before dropping",
    "What to know before dropping what a condition names: a plugin, the old versions of something, a database. By "
    "`summary`: how many use it, their share with an interval that holds if those who report were a random sample "
    "(they are not), how many did a year before and whether that changed, how many of them run a release of the last "
    "year, and when one of them was last seen. By `month`: who was seen with it. By `version`: on which releases. By "
    "`companions`: used together with what. By `silent`: the share if those who do not report used it so many times "
    "as often as those who do, where so large a part reports. In a simulated fleet of which a third reports, and of "
    "those who use SVN half as many, the reports said 3.1 % where 5.5 % was true; with twice as often and a quarter, "
    "the estimate said 5.4 %. Nothing in the reports tells what holds. This never says yes.",
    {
        "summary": Breakdown(
            Statement("drop", runs=_now_and_before),
            _USERS,
            Shown(
                (
                    INSTALLATIONS,
                    Column(
                        "low",
                        "the lower end of the 95 % interval, if those who report were a random sample",
                        is_share=True,
                    ),
                    Column("high", "its upper end", is_share=True),
                    Column("before", "how many used it a year before, of those alive then"),
                    Column("before_share", "their share then", is_share=True),
                    Column("trend", "growing or shrinking, where the 95 % intervals of the two shares do not meet"),
                    Column("current", "how many of them run a release that came out in the last year"),
                    Column("last_seen", "the last day on which one was seen whose last report has it"),
                ),
                _summary,
            ),
        ),
        "month": Breakdown(
            Statement("drop.month"),
            Scope(denominator="asked", bases=("seen",), days=730, widen="month", subject="everyone"),
            Shown(
                (
                    Column("period", "a month of the window, UTC"),
                    INSTALLATIONS,
                    Column("seen", "how many were seen in the month and answered"),
                    Column("rate", "the share of those that used it, by their last report of the month", is_share=True),
                ),
                _months,
                chart="rates",
            ),
        ),
        "version": Breakdown(
            Statement("drop.version"),
            Scope(denominator="everyone", subject="matching"),
            Shown((VERSION, INSTALLATIONS)),
        ),
        "companions": COMPANIONS,
        "silent": Breakdown(
            Statement("drop", parameters={"ever": 0}),
            _USERS,
            Shown(
                (
                    Column("times", "how many times as often those who do not report use it"),
                    Column("reporting", "the part of all installations that reports", is_share=True),
                    INSTALLATIONS,
                    Column("estimate", "the share of all installations that use it, then", is_share=True),
                ),
                _silent,
                chart="estimates",
            ),
        ),
    },
)
