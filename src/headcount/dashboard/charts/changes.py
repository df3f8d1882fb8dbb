"""Two points for each thing that clearly changed, or differs: before and now, or of either group."""

from __future__ import annotations

from headcount.dashboard.charts._colours import ACCENT, WARM
from headcount.dashboard.charts._shares import Lane, draw_lanes
from headcount.dashboard.charts._sketch import Sketch, words_alone
from headcount.dashboard.charts._words import Row
from headcount.dashboard.charts.dumbbells import attribute_labels
from headcount.questions import Answer, listed

_MOST = 16  # rows; the tables have all
_TOLD = 3


def draw(answer: Answer, _: Answer | None, width: float) -> Sketch:
    """Draw those that differ most, what is more in another colour than what is less, and with a sign."""
    rows = _rows(answer)
    if not rows:
        return words_alone(_nothing(answer), width)
    shown = rows[:_MOST]
    lanes = [
        Lane(
            label,
            now,
            f"{now:.1%}",
            beside=before,
            colour=ACCENT if now > before else WARM,
            remark=f"{100 * (now - before):+.1f}".replace("-", "\N{MINUS SIGN}"),
            before=f"{before:.1%}",
        )
        for (row, now, before), label in zip(shown, attribute_labels([row for row, *_ in shown]), strict=True)
    ]
    return draw_lanes(width, lanes, _names(answer), are_points=True, are_joined=True)[0]


def tell(answer: Answer, _: Answer | None) -> str:
    """Return what differs most, and how many do."""
    rows = _rows(answer)
    if not rows:
        return _nothing(answer)
    labels = attribute_labels([row for row, *_ in rows[:_TOLD]])
    said = [
        f"{label.text} {now:.1%} {'after' if 'kept' in row else 'against'} {before:.1%}"
        for (row, now, before), label in zip(rows, labels, strict=False)
    ]
    noun = "difference" if len(rows) == 1 else "differences"
    return f"{len(rows)} clear {noun} among {answer.tested or 0:,} that were tested; the largest: {listed(said)}."


def _nothing(answer: Answer) -> str:
    return f"No clear difference among {answer.tested or 0:,} that were tested."


def _names(answer: Answer) -> tuple[str, str]:
    before = answer.rows[0].get("before")
    if before is not None:
        return str(answer.until), str(before)
    return ("lapsed", "alive") if answer.by == "lapsed" else (answer.where or "these", answer.compared or "all others")


def _rows(answer: Answer) -> list[tuple[Row, float, float]]:
    """Return the rows of all tables with both shares, those that differ most first."""
    found = []
    for table in answer.tables.values():
        for row in table.rows:
            now = float(row["share"] or 0)
            if "others_share" in row:
                before = float(row["others_share"] or 0)
            else:
                had, has = int(row["kept"] or 0) + int(row["stopped"] or 0), int(row["installations"] or 0)
                whole = has / now if now else float(answer.denominator or 1)
                before = had / whole
            found.append((row, now, before))
    return sorted(found, key=lambda each: -abs(each[1] - each[2]))
