"""A bar for each row, as long as its number of reports, which no installation is known of."""

from __future__ import annotations

from headcount.dashboard.charts._lanes import Label
from headcount.dashboard.charts._shares import Lane, draw_lanes, names_of
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._words import words_of
from headcount.questions import Answer, listed


def draw(answer: Answer, beside: Answer | None, width: float) -> Sketch:
    """Draw the reports of each row."""
    others = {words_of(beside, row): int(row["reports"] or 0) for row in beside.rows} if beside else {}
    lanes = [
        Lane(
            Label(words),
            float(row["reports"] or 0),
            f"{row['reports']:,}",
            beside=others.get(words),
            before=f"{others[words]:,}" if words in others else "",
        )
        for row in answer.rows
        for words in [words_of(answer, row)]
    ]
    return draw_lanes(width, lanes, names_of(answer, beside), least=1.0)[0]


def tell(answer: Answer, _: Answer | None) -> str:
    """Return the most frequent."""
    said = [f"{words_of(answer, row)} {row['reports']:,}" for row in answer.rows[:3]]
    return f"Reports: {listed(said)}."
