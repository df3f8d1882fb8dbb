"""An answer in its formats."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest

from headcount.questions import BASES, REGISTRY, Answer, Cell

ANSWER = Answer(
    "versions",
    "buildbot.release",
    "seen",
    date(2026, 10, 2),
    date(2026, 10, 31),
    915,
    1_793_491_092,
    (
        {"version": "4.3.0", "installations": 801, "share": 0.8754, "running": 801, "running_share": 0.8754},
        {"version": "3.11.9", "installations": 114, "share": 0.1246, "running": 915, "running_share": 1.0},
    ),
    grain="release",
)


def test_the_json_is_that_of_the_design() -> None:
    """One object, with the keys that the API and `ask` share."""
    assert json.loads(ANSWER.to_json()) == {
        "question": "versions", "by": "buildbot.release", "basis": "seen", "where": None, "since": "2026-10-02",
        "until": "2026-10-31", "denominator": 915, "levels": {}, "data_until": "2026-10-31T23:58:12Z", "protected": False,
        "grain": "release", "rows": [
            {"version": "4.3.0", "installations": 801, "share": 0.8754, "running": 801, "running_share": 0.8754},
            {"version": "3.11.9", "installations": 114, "share": 0.1246, "running": 915, "running_share": 1.0},
        ],
    }  # fmt: skip
    assert Answer.from_dict(ANSWER.to_dict()) == ANSWER


def test_the_table_says_of_whom_of_when_and_how_fresh() -> None:
    """A person never sees a number without its denominator, window and freshness."""
    assert ANSWER.to_table() == (
        "Versions by buildbot.release\n"
        "version  installations  share     interval  running  running_share\n"
        "4.3.0              801  87.5%  85.2%-89.5%      801          87.5%\n"
        "3.11.9             114  12.5%  10.5%-14.8%      915         100.0%\n"
        "Share of 915 installations seen that answered versions.Buildbot; 2026-10-02 to 2026-10-31 (UTC); "
        "data until 2026-10-31T23:58:12Z.\n"
        "Intervals: 95 %, if those who report were a random sample; they are not.\n"
        "Seen: seen in the window, by their last report in it.\n"
    )


def test_a_long_table_says_that_it_is_cut() -> None:
    """And where the rest is."""
    rows: list[dict[str, Cell]] = [{"value": f"{n}", "installations": 1, "share": 0.01} for n in range(1, 101)]
    table = Answer("environments", "db", "alive", date(2026, 1, 1), date(2026, 1, 2), 100, None, tuple(rows)).to_table()
    assert "… and 60 more: see them all with --format csv" in table
    assert "data until never: no report came yet." in table


def test_nothing_is_an_answer() -> None:
    """An empty warehouse gives no error, in any format."""
    empty = Answer("versions", "python", "alive", date(2026, 1, 1), date(2026, 1, 2), 0, None, ())
    assert "(nothing)" in empty.to_table()
    assert empty.to_csv() == "version,supported_until,installations,share,running,running_share\r\n"
    assert json.loads(empty.to_json())["data_until"] is None
    assert Answer.from_dict(empty.to_dict()) == empty


def test_csv_has_all_rows() -> None:
    """As RFC 4180 has it."""
    rows = list(csv.DictReader(io.StringIO(ANSWER.to_csv())))
    assert [row["version"] for row in rows] == ["4.3.0", "3.11.9"]
    assert rows[0]["share"] == "0.8754"


@pytest.mark.parametrize("name", REGISTRY)
def test_every_question_says_what_it_means(name: str) -> None:
    """Title, meaning and columns are there for a person who has not seen the code."""
    question = REGISTRY[name]
    assert question.name == name
    assert question.title
    assert question.meaning.endswith(".")
    for breakdown in question.by.values():
        assert set(breakdown.scope.bases) <= BASES.keys()
        assert all(column.meaning for column in breakdown.shown.columns)
        assert "installations" in [column.name for column in breakdown.shown.columns]
