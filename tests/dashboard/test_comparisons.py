"""Charts that compare: which number is of which mark."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from headcount.dashboard.charts._colours import INK
from headcount.dashboard.charts._kinds import KINDS
from headcount.dashboard.charts._rows import drawn
from headcount.dashboard.charts._sketch import Sketch
from headcount.questions import Answer
from tests.support.made_answers import made


def _compared(answer: Answer, width: float, share: float | None = None) -> Sketch:
    """Draw an answer beside one of a year before, in which all have this share; None: alone."""
    chart = answer.breakdown.shown.chart
    before = replace(answer, rows=tuple({**row, "share": share} for row in answer.rows), until=answer.since)
    return KINDS[chart].draw(drawn(answer), None if share is None else drawn(before), width)


@pytest.mark.parametrize("width", [600, 320])
@pytest.mark.parametrize(
    ("question", "by", "share"),
    [("plugins", "all", 0.02), ("environments", "db", 0.02), ("versions", "python", 0.02), ("drop", "differences", None),
     ("combinations", "companions", None)],
)  # fmt: skip
def test_numbers_of_two_marks_stand_in_columns(question: str, by: str, share: float | None, width: int) -> None:
    """Behind all marks, since the number of the one would stand beside the other."""
    sketch = _compared(made(question, by, 6), width, share)
    marks = max(point["x"] for point in sketch.points)
    for pattern in (r"[\d.]+%", r"\([\d.]+%\)"):
        found = [words for words in sketch.texts if re.fullmatch(pattern, words.text)]
        numbers = [words for words in found if words.colour == INK or pattern.startswith(r"\(")]  # no running total
        assert len(numbers) == 6
        assert len({words.x for words in numbers}) == 1
        assert all(words.box[0] > marks + 5 for words in numbers)


@pytest.mark.parametrize("width", [600, 320])
@pytest.mark.parametrize(("question", "by"), [("plugins", "all"), ("environments", "db"), ("versions", "buildbot")])
def test_a_mark_at_zero_touches_no_label(question: str, by: str, width: int) -> None:
    """Nor does it go beyond the ground."""
    names = ({"version": "4.3", "plugin": "CVS", "kind": "step", "value": "sqlite"}, {"version": "4.2", "plugin": "P4"})
    rows = tuple({**row, **named} for row, named in zip(made(question, by, 2).rows, names, strict=True))
    sketch = _compared(replace(made(question, by, 0), rows=rows), width, 0.0)
    lanes = {rule["y"] for rule in sketch.rules if rule["strokeWidth"] == 1.5}
    labels = [words.box for words in sketch.texts if words.align == "right" and words.x < width / 2]
    ring = min(point["x"] for point in sketch.points if point["y"] in lanes) - 6
    assert ring >= 0
    assert all(right + 8 <= ring for _, _, right, _ in labels)
