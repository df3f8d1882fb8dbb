"""A bar for what became of the same masters in a year: how many kept it, stopped, are gone, and started."""

from __future__ import annotations

from headcount.dashboard.charts._colours import ACCENT, SOFT, WARM
from headcount.dashboard.charts._lanes import Label
from headcount.dashboard.charts._shares import Lane, draw_lanes
from headcount.dashboard.charts._sketch import Sketch, words_alone
from headcount.dashboard.charts._words import Row
from headcount.questions import Answer, listed

_PARTS = (
    ("kept", "kept it", ACCENT), ("stopped", "stopped", WARM), ("unanswered", "no longer tell", SOFT),
    ("gone", "did not report", SOFT), ("started", "started", ACCENT),
)  # fmt: skip
"""The columns, what they say, and the colours of their bars."""


_NOTHING = "Reports of a year before the end of the last quarter are not held."


def draw(answer: Answer, _: Answer | None, width: float) -> Sketch:
    """Draw the numbers of masters, of those that had it a year before and of those that started."""
    row = _year(answer)
    return draw_lanes(width, _lanes(row), least=1.0)[0] if row else words_alone(_NOTHING, width)


def tell(answer: Answer, _: Answer | None) -> str:
    """Return the numbers, and whether the change is a clear one."""
    row = _year(answer)
    if not row:
        return _NOTHING
    had = int(row["installations"] or 0)
    said = listed([f"{lane.number} {lane.label.text}" for lane in _lanes(row)])
    return f"Of {had:,} that had it on {row['before']}, and of others, up to {row['quarter']}: {said}; {row['change']}."


def _year(answer: Answer) -> Row | None:
    """Return the row of the year, of the answer or of the table beside the record; None where there is none."""
    rows = answer.rows if "kept" in answer.rows[0] else answer.tables["year"].rows
    return rows[0] if rows else None


def _lanes(row: Row) -> list[Lane]:
    return [
        Lane(Label(name), float(row[column] or 0), f"{int(row[column] or 0):,}", colour=colour)
        for column, name, colour in _PARTS
    ]
