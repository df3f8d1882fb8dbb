"""The share if those that do not report used something more, or less, often than those that do."""

from __future__ import annotations

from headcount.questions._columns import INSTALLATIONS
from headcount.questions._question import (
    Analysis,
    Breakdown,
    Column,
    Execution,
    Findings,
    Row,
    Scope,
    Shown,
    Statement,
    share,
)
from headcount.questions.entries.drop._counts import USES, Counts

_TIMES = (0.5, 1.0, 2.0, 5.0, 10.0)
_REPORTING = (0.5, 0.25, 0.1)


def _estimates(execution: Execution) -> Findings:
    counts = Counts.read(execution.rows("whole"))
    using, asked = counts.told[USES], counts.asked
    rate = using / asked if asked else 0.0
    rows: list[Row] = [
        {
            "times": times,
            "reporting": reporting,
            "installations": using,
            "share": share(using, asked),
            "estimate": round(reporting * rate + (1 - reporting) * min(times * rate, 1.0), 4),
        }
        for reporting in _REPORTING
        for times in _TIMES
    ]
    return Findings(asked, rows if asked else (), levels=counts.levels)


BREAKDOWN = Breakdown(
    Statement("drop.whole"),
    Scope(denominator="asked", bases=("confirmed", "alive"), subject="everyone"),
    Shown(
        (
            Column("times", "how many times as often those who do not report use it"),
            Column("reporting", "the part of all installations that reports", is_share=True),
            INSTALLATIONS,
            Column("estimate", "the share of all installations that use it, then", is_share=True),
        ),
        chart="shades",
    ),
    Analysis({"whole": Statement("drop.whole")}, _estimates),
)
