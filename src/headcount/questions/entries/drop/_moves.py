"""How long those needed that used something and do not any more."""

from __future__ import annotations

from collections import Counter

from headcount.questions._columns import INSTALLATIONS
from headcount.questions._question import Column, Execution, Row, Statement, Table, share
from headcount.questions._statistics import quartiles

STATEMENTS = {"moved": Statement("drop.moved")}

COLUMNS = (
    INSTALLATIONS,
    Column(
        "q1", "days from the first report with it to the first without it; a quarter of them needed at most so many"
    ),
    Column("median", "half of them at most so many"),
    Column("q3", "three quarters of them at most so many"),
    Column(
        "from_start",
        "how many of them used it already in the first 30 days of which reports are held: they needed longer",
    ),
)

_START = 30  # days


def compute(execution: Execution, users: int) -> Table:
    """Return the quartiles, or no row where nobody moved; the share is of those and the users of now."""
    days: Counter[int] = Counter()
    early = 0
    for began, ended, number in execution.rows("moved"):
        days[(ended - began).days] += number
        if execution.held_since is not None and (began - execution.held_since).days < _START:
            early += number
    if not days:
        return Table(())
    q1, median, q3 = quartiles(days)
    whole = days.total() + users
    row: Row = {
        "installations": days.total(),
        "share": share(days.total(), whole),
        "q1": q1,
        "median": median,
        "q3": q3,
        "from_start": early,
    }
    return Table((row,), whole)
