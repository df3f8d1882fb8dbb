"""What questions make of the rows of their statements, by hand; what the statements find is held to the oracle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from headcount.contract import BANDS, CATALOG
from headcount.contract._collections import WordsForm
from headcount.questions import REGISTRY, Query
from headcount.questions._question import Findings, Results, Totals
from headcount.questions._windows import Window, alive
from headcount.questions.entries.environments import PROTOCOLS

UNTIL = date(2026, 10, 31)
TOTALS = Totals(denominator=9, everyone=30, window=Window(date(2026, 10, 2), UNTIL))


def _finished(question: str, by: str, found: Results, totals: Totals = TOTALS) -> Sequence[Mapping[str, Any]]:
    finish = REGISTRY[question].by[by].shown.finish
    assert finish is not None
    return finish(found, totals)


def _columns(rows: Sequence[Mapping[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def _number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


class _Pairs:
    """An execution that finds these pairs among nine installations, and keeps what it is asked with."""

    def __init__(self, found: Results, support: int | None = None) -> None:
        self.query = Query("combinations", support=support)
        self.found = found
        self.asked: object = None

    def levels(self) -> dict[str, int]:
        return {"full": TOTALS.denominator}

    def rows(self, name: str, *, parameters: dict[str, int]) -> Results:
        self.asked = (name, parameters)
        return self.found


def _pairs(found: Results, by: str = "pair", support: int | None = None) -> tuple[Findings, object]:
    analysis = REGISTRY["combinations"].by[by].analysis
    assert analysis is not None
    execution = _Pairs(found, support)
    return analysis.compute(execution), execution.asked  # type: ignore[arg-type]  # it has what is needed


def test_each_pair_stands_once_by_its_lift() -> None:
    """The plugin that fewer use comes first, with the share of its users that use the other; ties go to the more common."""
    found = [("b", "b", 6), ("a", "a", 3), ("c", "c", 4), ("b", "a", 2), ("b", "c", 4), ("a", "c", 2)]
    findings, asked = _pairs(found)
    assert _columns(findings.rows, "plugin", "with", "installations", "share", "confidence", "lift") == [
        ("c", "b", 4, 0.4444, 1.0, 1.5),
        ("a", "c", 2, 0.2222, 0.6667, 1.5),
        ("a", "b", 2, 0.2222, 0.6667, 1.0),
    ]
    assert asked == ("pairs", {"support": 5})
    assert _pairs(found, support=2)[1] == ("pairs", {"support": 2})
    (pair,) = _pairs([("a", "a", 3), ("b", "b", 7), ("a", "b", 2)])[0].rows
    assert pair["lift"] == 0.8571  # four places


def test_pairs_are_sorted_by_confidence_where_that_is_asked() -> None:
    """It is that of the rarer one, which is the greater of the two."""
    found = [("a", "a", 8), ("b", "b", 5), ("c", "c", 2), ("d", "d", 2), ("a", "b", 5), ("c", "d", 1)]
    for by, pairs in (("confidence", [("b", "a"), ("c", "d")]), ("pair", [("c", "d"), ("b", "a")])):
        assert _columns(_pairs(found, by)[0].rows, "plugin", "with") == pairs


def test_what_everybody_has_is_in_no_pair() -> None:
    """But beside them; what nine in ten have is not everybody's yet."""
    total = TOTALS.denominator
    findings, _ = _pairs([("a", "a", total), ("b", "b", 8), ("c", "c", 4), ("a", "b", 8), ("a", "c", 4), ("b", "c", 4)])
    assert _columns(findings.rows, "plugin", "with") == [("c", "b")]
    everywhere = findings.tables["everywhere"]
    assert everywhere.denominator == total
    assert list(everywhere.rows) == [{"plugin": "a", "installations": total, "share": 1.0}]


def test_a_base_has_the_part_of_its_users_and_the_median_depth() -> None:
    """One installation that goes nine deep does not stand for all; a class that nobody subclasses has no row."""
    found = [
        ("git", "step", 0, 0, 0, 6, 0), ("git", "step", 1, 3, 7, 1, 3), ("git", "step", 2, 2, 2, 1, 1),
        ("git", "step", 9, 0, 1, 0, 1), ("shell", "step", 0, 0, 0, 5, 0),
    ]  # fmt: skip
    (row,) = _finished("customization", "base", found)
    assert row == {
        "plugin": "git", "kind": "step", "installations": 5, "share": 0.5556, "instances": 10, "users": 8,
        "subclassed": 0.625, "median_depth": 1,
    }  # fmt: skip
    (row,) = _finished("customization", "base", [("git", "step", 1, 1, 1, 1, 1), ("git", "step", 4, 2, 2, 2, 2)])
    assert row["median_depth"] == 4


def test_companions_are_compared_with_all() -> None:
    """Their share among those who match, and among everyone."""
    rows = _finished("combinations", "companions", [("a", "step", 6, 10)])
    assert rows == [
        {"plugin": "a", "kind": "step", "installations": 6, "share": 0.6667, "elsewhere": 0.3333, "lift": 2.0}
    ]


def test_a_field_that_nobody_answers_is_there() -> None:
    """All fields, in the order of the catalog."""
    rows = _finished("coverage", "field", [("db", 3)])
    assert [row["value"] for row in rows] == [field.path for field in CATALOG]
    counts = {row["value"]: (row["installations"], row["share"]) for row in rows}
    assert counts.pop("db") == (3, 0.3333)
    assert set(counts.values()) == {(0, 0.0)}


def test_ages_are_days_since_the_last_report() -> None:
    """0 on the last day of the window; a band with nobody in it is left out."""
    found = [(_number(UNTIL) - age, count) for age, count in ((0, 1), (7, 2), (8, 1), (400, 1), (401, 4))]
    assert _columns(_finished("coverage", "age", found), "band", "installations", "share") == [
        ("0-7", 3, 0.3333), ("8-30", 1, 0.1111), ("271-400", 1, 0.1111), ("more than 400", 4, 0.4444)
    ]  # fmt: skip


def test_what_is_not_counted_is_of_nobody() -> None:
    """The most frequent first, then by name; what has no level was thrown away for the reason given."""
    found = [("dropped", "", "", 2, 1), ("", "full", "stock", 5, 3), ("", "basic", "stock", 2, 2)]
    rows = _finished("coverage", "uncounted", found)
    assert _columns(rows, "value", "reports", "days") == [
        ("anonymous, full, stock", 5, 3), ("anonymous, basic, stock", 2, 2), ("dropped", 2, 1)
    ]  # fmt: skip
    assert set(_columns(rows, "installations", "share")) == {(0, 0.0)}


def test_a_portion_is_of_all_instances() -> None:
    """Of none, none is customized; a band with nobody in it is there."""
    found = [(0, 0, 1), (0, 5, 1), (1, 10, 2), (101, 1000, 1), (9, 10, 3), (1, 1, 1)]
    assert _columns(_finished("customization", "portion", found), "band", "installations", "share") == [
        ("none", 2, 0.2222), ("up to 10%", 2, 0.2222), ("up to 25%", 1, 0.1111), ("up to 50%", 0, 0.0),
        ("up to 75%", 0, 0.0), ("up to 100%", 4, 0.4444)
    ]  # fmt: skip


def test_varieties_are_columns_of_their_base() -> None:
    """The most used first, then by name."""
    found = [("a", 1, 2), ("a", 21, 1), ("b", 2, 4), ("c", 6, 3)]
    columns = ("plugin", "installations", "share", "1", "2-5", "6-20", "21+")
    assert _columns(_finished("customization", "variety", found), *columns) == [
        ("b", 4, 0.4444, 0, 4, 0, 0), ("a", 3, 0.3333, 2, 0, 0, 1), ("c", 3, 0.3333, 0, 0, 3, 0)
    ]  # fmt: skip
    bands = [column.name for column in REGISTRY["customization"].by["variety"].shown.columns[2:]]
    assert bands == list(BANDS)


def test_the_protocols_are_those_of_the_catalog() -> None:
    """Each is in the publication, whether anybody has it or not."""
    (form,) = (field.form for field in CATALOG if field.path == "protocols")
    assert isinstance(form, WordsForm)
    assert set(PROTOCOLS) == form.words.choices


def test_a_month_has_its_share() -> None:
    """Of those that were seen in it and answered, whatever else the users leave out."""
    assert _finished("drop", "month", [(date(2026, 10, 1), 4, 6, 3)]) == [
        {"period": "2026-10", "installations": 4, "share": 0.5, "seen": 6}
    ]


def test_all_states_are_there() -> None:
    """Who is alive and not confirmed is unconfirmed."""
    rows = _finished("installs", "state", [("alive", 5), ("confirmed", 3)])
    assert _columns(rows, "state", "installations", "share") == [
        ("alive", 5, 0.5556), ("confirmed", 3, 0.3333), ("unconfirmed", 2, 0.2222), ("new", 0, 0.0),
        ("set apart", 0, 0.0), ("lapsed", 0, 0.0),
    ]  # fmt: skip
    assert _columns(_finished("installs", "state", []), "installations") == [(0,)] * 6


def test_steps_stand_in_their_order() -> None:
    """The commonest first, then by name; a builder without steps is there."""
    found = [(["b", "a"], 2, 4), ([], 2, 5), (["c"], 3, 3)]
    assert _columns(_finished("pipelines", "sequence", found), "steps", "installations", "share", "builders") == [
        ("c", 3, 0.3333, 3), ("(no steps)", 2, 0.2222, 5), ("b → a", 2, 0.2222, 4)
    ]  # fmt: skip
    assert _columns(_finished("pipelines", "pairs", [("b", "a", 2, 4)]), "steps", "builders") == [("b → a", 4)]
    assert REGISTRY["pipelines"].by["triples"].statement.fill == {
        "length": "3",
        "grams": "steps[k + 1] AS gram1, steps[k + 2] AS gram2, steps[k + 3] AS gram3",
        "names": "gram1, gram2, gram3",
    }
    assert REGISTRY["pipelines"].by["pairs"].statement.fill["length"] == "2"


def test_sizes_are_banded() -> None:
    """With the instances of all installations of a band; one with nobody in it is left out."""
    rows = _finished("sizes", "workers", [(1, 2), (2, 3), (5, 1), (6000, 3)])
    assert _columns(rows, "band", "installations", "share", "instances") == [
        ("1", 2, 0.2222, 2), ("2-5", 4, 0.4444, 11), ("more than 5000", 3, 0.3333, 18_000)
    ]  # fmt: skip


def test_quantiles_are_of_all_who_have_none_too() -> None:
    """Those who have any are counted beside."""
    found = [("worker", size, 1) for size in range(1, 91)] + [("step", 7, 95)]
    worker, builder, step = _finished("sizes", "quantiles", found, Totals(100, 100, TOTALS.window))
    assert worker == {
        "kind": "worker", "installations": 90, "share": 0.9, "p10": 0, "median": 40, "p90": 80, "p99": 89, "most": 90
    }  # fmt: skip
    assert {builder[name] for name in ("installations", "p10", "most")} == {0}
    assert (step["p10"], step["median"], step["most"]) == (7, 7, 7)


def test_who_was_there_before_a_release_is_asked_about_it() -> None:
    """The installations that were alive on its day."""
    breakdown = REGISTRY["upgrades"].by["4.3.0"]
    window = Window(date(2025, 5, 12), UNTIL)
    assert breakdown.scope.starts == window.since
    assert breakdown.scope.counted(window) == alive(window.since)
    assert REGISTRY["upgrades"].by["downgrades"].scope.current


@pytest.mark.parametrize(
    ("question", "by", "days"),
    [("installs", "day", 30), ("installs", "week", 182), ("installs", "month", 365), ("drop", "month", 730),
     ("coverage", "quarantine", 365), ("versions", "buildbot", 30)],
)  # fmt: skip
def test_how_far_a_window_looks_back(question: str, by: str, days: int) -> None:
    """Where no first day is given: a month, half a year of weeks, a year or two of months."""
    assert REGISTRY[question].by[by].scope.days == days


def test_bands_of_instances_are_numbered_from_1() -> None:
    """By the statement."""
    band = next(column for column in REGISTRY["plugins"].by["bands"].shown.columns if column.name == "band")
    assert [band.show(number) for number in (1, 2, 5)] == ["1", "2-5", "more than 100"]


@pytest.mark.parametrize("by", ["level", "sender", "vocabulary"])
def test_what_was_not_said_is_called_none(by: str) -> None:
    """As the vocabulary of stock's reports, which name none."""
    value = REGISTRY["coverage"].by[by].shown.columns[0]
    assert [value.show(said) for said in ("", "stock")] == ["(none)", "stock"]


def test_a_period_is_shown_as_what_it_is() -> None:
    """A day, an ISO week or a month."""
    shown = {
        by: REGISTRY["installs"].by[by].shown.columns[0].show(date(2026, 10, 5)) for by in ("day", "week", "month")
    }
    assert shown == {"day": "2026-10-05", "week": "2026-W41", "month": "2026-10"}


def test_shares_are_told_from_numbers() -> None:
    """Since they are shown as percentages."""
    columns = [
        column for question in REGISTRY.values() for each in question.by.values() for column in each.shown.columns
    ]
    assert {column.name for column in columns if column.is_share} == {
        "confidence", "elsewhere", "estimate", "high", "least", "low", "most", "others_share", "rate",
        "rate_on_newest_series", "reporting", "running_share", "subclassed",
    }  # fmt: skip
