"""An answer in its formats."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest

from headcount.questions import BASES, REGISTRY, Answer, Cell
from headcount.questions._answer import CAVEAT

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
        "Intervals: 95%, if those who report were a random sample; they are not.\n"
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


def test_the_caption_says_what_is_not_known() -> None:
    """Since when data are held, where the window begins before, who is set apart, and of whom a condition is not known."""
    flooded = replace(ANSWER, basis="alive", set_apart=3000, held_since=date(2026, 10, 2))
    assert flooded.caption().endswith(
        "data until 2026-10-31T23:58:12Z. 3,000 installations of a flood of newcomers are set apart at the end of the "
        "window, and not counted."
    )
    assert "1 installation of a flood of newcomers is set apart" in replace(flooded, set_apart=1).caption()
    assert (
        "are set apart at the end of the window, and counted all the same." in replace(flooded, basis="seen").caption()
    )
    early = replace(ANSWER, since=date(2026, 10, 1), held_since=date(2026, 10, 2), set_apart=0)
    assert early.caption().endswith("Data are held since 2026-10-02: nothing is known of the time before.")
    asked = replace(ANSWER, where="plugin = CVS or sqlalchemy < 2", least=0.0656, most=0.9)
    assert asked.caption().endswith(
        "Not everybody answered what the condition asks: of all installations seen it is true of at least 6.6% and at most "
        "90.0%."
    )
    assert "at least" not in replace(asked, most=0.0656).caption()
    drop = replace(asked, question="drop", by="summary")
    assert drop.caption().endswith(
        "`installations` are all of whom it is true, `share` is of those who answered all of it."
    )


def test_nobody_is_not_known_and_never_none_of_them() -> None:
    """A share of nobody has no figure, no interval, and words that say since when data are held."""
    nobody = replace(
        ANSWER, question="coverage", by="field", denominator=0, held_since=date(2026, 10, 2),
        rows=({"value": "db", "installations": 0, "share": None},),
    )  # fmt: skip
    assert not nobody.has_intervals
    table = nobody.to_table()
    assert "not known" in table.splitlines()[2]
    assert "%" not in table
    assert "Not known: there are no installations seen; 2026-10-02 to 2026-10-31" in table
    assert "Data are held since 2026-10-02" in table


@pytest.mark.parametrize(
    ("question", "by", "has"),
    [
        ("versions", "buildbot", True), ("plugins", "all", True), ("installs", "state", False),
        ("installs", "month", False), ("coverage", "quarantine", False), ("coverage", "uncounted", False),
        ("coverage", "field", False),
    ],
)  # fmt: skip
def test_an_interval_stands_beside_the_share_of_a_sample_alone(question: str, by: str, has: bool) -> None:
    """Who is alive of those ever seen, a flood and a report without an id are none."""
    answer = replace(ANSWER, question=question, by=by, rows=())
    assert answer.has_intervals is has
    assert (CAVEAT in answer.to_table()) is has


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
