"""What became of the same masters in a year, up to the end of a quarter."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from headcount.questions._columns import INSTALLATIONS
from headcount.questions._comparisons import LEVEL
from headcount.questions._periods import months_held
from headcount.questions._question import Cell, Column, Execution, Statement, Table
from headcount.questions._statistics import paired_test
from headcount.questions._windows import alive, month_end
from headcount.questions.entries.drop._counts import DOES_NOT, UNKNOWN, USES, Counts

STATEMENTS = {"year": Statement("drop.year")}

COLUMNS = (
    Column(
        "quarter",
        "the end of the last quarter that is over; a test at the end of each day would find changes by chance",
    ),
    Column("before", "the day a year before"),
    INSTALLATIONS,
    Column(
        "kept",
        "of those of which it was true then, how many reported again in the year, and of which it is true at its end",
    ),
    Column("stopped", "how many of which it is false at its end"),
    Column("unanswered", "how many that no longer tell"),
    Column("gone", "how many that did not report in the year"),
    Column("started", "installations of which it was false a year before, and is true at the end"),
    Column("neither", "installations of which it was false, and is"),
    Column(
        "stopped_once", "`stopped`, with those counted once that turned from one configuration to another on one day"
    ),
    Column("started_once", "`started`, counted so"),
    Column("p", "the exact paired test of these two: how likely so unequal a pair is where nobody prefers either"),
    Column("change", "`fewer` or `more` where p is under 0.05, else `no clear change`"),
)


def last_quarter(day: date) -> date:
    """Return the end of the last quarter that is over at the end of a day."""
    end = month_end(day)
    while end > day or end.month % 3:
        end = end.replace(day=1) - timedelta(days=1)
    return end


def year_before(quarter: date) -> date:
    """Return the end of the same quarter a year before."""
    return month_end(quarter.replace(year=quarter.year - 1, day=1))


def compute(execution: Execution) -> Table:
    """Return the table: a row, or none where no year is held; its share is of those that answered all of it then."""
    if execution.held_since is None:
        return Table(())
    quarter = last_quarter(_last_whole_day(execution))
    before = year_before(quarter)
    if execution.held_since > before:
        return Table(())
    window = alive(before)
    earlier = Counts.read(execution.rows("whole", window))
    masters: Counter[tuple[int, int]] = Counter()
    turns: Counter[tuple[int, int]] = Counter()
    for was, truth, number, once in execution.rows("year", window, {"quarter": quarter.isoformat()}):
        masters[was, truth] += number
        turns[was, truth] += once
    used = earlier.truths[USES]
    reported = masters[USES, USES] + masters[USES, DOES_NOT] + masters[USES, UNKNOWN]
    started, stopped = turns[DOES_NOT, USES], turns[USES, DOES_NOT]
    p = paired_test(started, stopped)
    change = "no clear change" if p >= LEVEL else "fewer" if stopped > started else "more"
    row: dict[str, Cell | None] = {
        "quarter": quarter.isoformat(),
        "before": before.isoformat(),
        "installations": used,
        "share": earlier.share,
        "memory": months_held(before, execution.held_since),
        "kept": masters[USES, USES],
        "stopped": masters[USES, DOES_NOT],
        "unanswered": masters[USES, UNKNOWN],
        "gone": used - reported,
        "started": masters[DOES_NOT, USES],
        "neither": masters[DOES_NOT, DOES_NOT],
        "stopped_once": stopped,
        "started_once": started,
        "p": float(f"{p:.3g}"),
        "change": change,
    }
    return Table((row,), earlier.asked)


def _last_whole_day(execution: Execution) -> date:
    """Return the last day of the window that is over: that of the newest report is not, as far as reports tell."""
    until = execution.window.until
    return until if execution.newest is None else min(until, execution.newest - timedelta(days=1))
