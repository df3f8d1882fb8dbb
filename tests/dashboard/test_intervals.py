"""The chart of a share now, and of another one below it."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from headcount.dashboard.charts import intervals
from headcount.questions import Answer
from headcount.questions._question import Table
from tests.support.made_answers import DAY, made

RECORD = dataclasses.replace(
    made("drop", "summary", 1, where="plugin = CVS"),
    tables={"year": Table([{"before": "2025-09-30", "share": 0.06}], 900)},
)


def _labels(beside: Answer | None) -> list[str]:
    told = intervals.tell(RECORD, beside)
    assert told.startswith("Now ")
    drawn = [words.text for words in intervals.draw(RECORD, beside, 600).texts]
    return [
        text for text in ("a year ago", "2025-09-30", str(DAY - timedelta(days=365))) if text in told and text in drawn
    ]


def test_a_year_ago_is_what_is_a_year_ago() -> None:
    """The day a year before the end of the last quarter is called by its name, and stands where there is nothing else."""
    before = dataclasses.replace(RECORD, until=DAY - timedelta(days=365), tables={})
    assert _labels(None) == ["2025-09-30"]
    assert _labels(before) == ["a year ago", str(before.until)]
    assert _labels(dataclasses.replace(before, until=DAY - timedelta(days=28))) == []
    assert _labels(dataclasses.replace(RECORD, where="db = mysql")) == []
