"""Asking: what a question is asked of where that is not said, and what cannot be asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

import pytest

from headcount.contract import Arrival, Name, Profile, Release
from headcount.questions import REGISTRY, Answer, BadQuestion, Query, ask, denominator_statement, listing, statement
from headcount.questions._listing import example
from headcount.questions._where import condition
from headcount.warehouse.duckdb import DuckWarehouse

GIT = "buildbot.steps.source.git.Git"
NOON = datetime(2026, 10, 20, 12, tzinfo=UTC)
NEWEST = date(2026, 10, 20)
REPORTS = [
    (40, Profile("stock", "basic", buildbot=Release(4, 2, 0), db="sqlite", mq="simple", plugins=((Name(GIT), 1),))),
    (29, Profile("stock", "basic", buildbot=Release(4, 3, 0), db="mysql", mq="simple", plugins=())),
    (0, Profile("headcount", "full", buildbot=Release(4, 3, 0), db="sqlite", plugins=((Name(GIT), 2),))),
    (0, Profile("headcount", "full", buildbot=None)),
]
"""How many days before the newest, and what; each of another installation. Beside them one has no id, one is no report."""


@pytest.fixture(scope="module")
def warehouse() -> Iterator[DuckWarehouse]:
    """The reports."""
    with closing(DuckWarehouse(":memory:")) as made:
        arrivals = [
            Arrival(int(NOON.timestamp()) - days * 86_400, number, number, profile.canonical())
            for number, (days, profile) in enumerate(REPORTS, 1)
        ]
        nameless = arrivals[0]._replace(received=arrivals[-1].received, install=0, what="anonymous")
        thrown = Arrival(nameless.received, 5, 0, b"", what="dropped: not JSON")
        made.load([*arrivals, nameless, thrown], inbox="a", through=1)
        yield made


def _ask(warehouse: DuckWarehouse, name: str = "versions", **asked: Any) -> Answer:
    return ask(warehouse, Query(name, **asked), today=NEWEST)


def _counts(answer: Answer) -> dict[Any, Any]:
    return {next(iter(row.values())): row["installations"] for row in answer.rows}


def test_what_is_not_said_is_the_first_there_is(warehouse: DuckWarehouse) -> None:
    """The first by of a question and its first basis, up to today; the answer says which."""
    answer = _ask(warehouse)
    assert (answer.by, answer.basis, answer.where) == ("buildbot", "alive", None)
    assert (answer.since, answer.until) == (date(2025, 9, 21), NEWEST)
    assert answer.data_until == NOON.timestamp()
    assert (answer.denominator, answer.levels) == (3, {"basic": 2, "full": 1})
    assert answer.grain == "series"
    assert list(answer.rows) == [
        {"version": "4.3", "supported_until": "", "installations": 2, "share": 0.6667, "running": 2,
         "running_share": 0.6667},
        {"version": "4.2", "supported_until": "", "installations": 1, "share": 0.3333, "running": 3, "running_share": 1.0},
    ]  # fmt: skip


def test_who_was_seen_is_asked_of_thirty_days_or_of_those_given(warehouse: DuckWarehouse) -> None:
    """The first and the last day are among them, and may be one."""
    usual = _ask(warehouse, basis="seen")
    assert (usual.since, _counts(usual)) == (date(2026, 9, 21), {"4.3": 2})
    assert _counts(_ask(warehouse, basis="seen", since=date(2026, 9, 10))) == {"4.3": 2, "4.2": 1}
    assert _counts(_ask(warehouse, basis="seen", since=date(2026, 9, 11))) == {"4.3": 2}
    assert _counts(_ask(warehouse, basis="seen", since=date(2026, 9, 10), until=date(2026, 9, 10))) == {"4.2": 1}


def test_two_fields_are_crossed_in_either_order(warehouse: DuckWarehouse) -> None:
    """The answer names them in one; who answered only one of them is in none of it."""
    one, other = (_ask(warehouse, "environments", by=by) for by in ("db,mq", "mq,db"))
    assert one == other
    assert (one.by, one.denominator) == ("db,mq", 2)


def test_a_condition_filters_or_is_what_is_asked(warehouse: DuckWarehouse) -> None:
    """The shares are of those who match; of all that answered it, where the question is about the condition."""
    filtered = _ask(warehouse, where="plugin = Git")
    assert (filtered.where, filtered.denominator, _counts(filtered)) == ("plugin = Git", 2, {"4.3": 1, "4.2": 1})
    (summary,) = _ask(warehouse, "drop", where="plugin = Git", basis="alive").rows
    assert (summary["installations"], summary["share"]) == (2, 0.6667)
    versions = _ask(warehouse, "drop", by="version", where="plugin = Git", basis="alive")
    assert (versions.denominator, _counts(versions)) == (2, {"4.3.0": 1, "4.2.0": 1})
    companions = _ask(warehouse, "drop", by="companions", where="db = sqlite", basis="alive")
    assert [(row["plugin"], row["share"], row["elsewhere"]) for row in companions.rows] == [(GIT, 1.0, 0.6667)]


def test_what_is_not_counted_has_no_condition_where_it_was_thrown_away(warehouse: DuckWarehouse) -> None:
    """What a body said that was no report is not known, so that it is in no answer about a condition."""
    everything = _ask(warehouse, "coverage", by="uncounted").rows
    assert [row["value"] for row in everything] == ["anonymous, basic, stock", "dropped: not JSON"]
    filtered = [
        _ask(warehouse, "coverage", by="uncounted", where=f"level = {level}").rows for level in ("basic", "full")
    ]
    assert [[row["value"] for row in rows] for rows in filtered] == [["anonymous, basic, stock"], []]


def test_a_statement_is_of_any_window_and_any_engine_unless_said() -> None:
    """And of those who match; a shorter way is taken only where it is known to be right."""
    made: dict[str, set[str]] = {"usual": set(), "latest": set(), "once": set()}
    matching = condition("plugin = Git")
    for question in REGISTRY.values():
        for breakdown in question.by.values():
            for write in (statement, denominator_statement):
                usual = write(breakdown, "alive", matching)
                assert usual == write(breakdown, "alive", matching, latest=False, once=False)
                made["usual"].add(usual)
                made["latest"].add(write(breakdown, "alive", matching, latest=True))
                made["once"].add(write(breakdown, "alive", matching, once=True))
    assert made["latest"] - made["usual"]
    assert made["once"] - made["usual"]
    versions = REGISTRY["versions"].by["buildbot"]
    assert matching.sql in denominator_statement(versions, "alive", matching)
    assert matching.sql not in denominator_statement(versions, "alive", matching, everyone=True)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"name": "version"}, r"there is no question 'version' \(did you mean versions\?\): it is one of installs, "),
        ({"by": "pyton"}, r"there is no by of versions 'pyton' \(did you mean python\?\): it is one of "),
        ({"name": "environments", "by": "db,db"}, "there is no by of environments 'db,db'"),
        ({"basis": "confimed"}, r"not 'confimed' \(did you mean confirmed\?\)"),
        ({"name": "upgrades", "by": "4.30.0"}, r"there is no by of upgrades '4.30.0' \(did you mean 4.3.0\?\)"),
        ({"basis": "dead"}, "versions by buildbot has the basis alive or confirmed or seen, not 'dead'"),
        ({"name": "drop"}, "drop by summary asks of a condition: give one with where"),
        ({"since": NEWEST}, "since goes with the basis seen: alive always looks back 13 months from until"),
        ({"basis": "seen", "since": date(2026, 10, 21)}, r"since \(2026-10-21\) is after until \(2026-10-20\)"),
        ({"until": date(1999, 12, 31)}, "until must be a day from 2000-01-01 to 2099-12-31, not 1999-12-31"),
        ({"basis": "seen", "since": date(1999, 12, 31)}, "since must be a day from 2000-01-01"),
        ({"until": date(2100, 1, 1)}, "until must be a day from"),
        ({"name": "upgrades", "by": "4.3.0", "until": date(2025, 5, 11)}, "this looks from 2025-05-12 on"),
        ({"name": "upgrades", "by": "4.3.0", "since": date(2025, 6, 1)}, "give an until that is not before, and no since"),
        ({"name": "upgrades", "by": "downgrades", "until": date(2026, 10, 19)},
         "known for the present alone: give no until, or one from 2026-10-20 on"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(warehouse: DuckWarehouse, asked: dict[str, Any], says: str) -> None:
    """With how it can be."""
    with pytest.raises(BadQuestion, match=says):
        _ask(warehouse, **asked)


def test_every_question_has_an_example_that_can_be_asked(warehouse: DuckWarehouse) -> None:
    """Who asks nothing is shown all of them, each with a command."""
    shown = listing()
    for name, question in REGISTRY.items():
        asked = example(question)
        assert f"{name}: {question.title}, by {next(iter(question.by))}" in shown
        assert f"    {asked.command()}\n" in shown
        if name in ("upgrades", "changes"):  # what they compare with is before these reports
            with pytest.raises(BadQuestion, match="reports are held since"):
                ask(warehouse, asked, today=NEWEST)
        else:
            ask(warehouse, asked, today=NEWEST)


def test_a_window_before_all_reports_says_since_when_there_are_some(warehouse: DuckWarehouse) -> None:
    """Nothing is known of it, and that is no share of 0%."""
    answer = _ask(warehouse, "installs", by="month", until=date(2020, 1, 31))
    assert {row["share"] for row in answer.rows} == {None}
    assert "Not known: there are no installations seen in the window" in answer.caption()
    assert "Data are held since 2026-09-10" in answer.caption()


def test_the_last_days_that_can_be_asked_about(warehouse: DuckWarehouse) -> None:
    """The bounds themselves, and the newest day of what is known for the present alone."""
    for day in (date(2000, 1, 1), date(2099, 12, 31)):
        assert _ask(warehouse, basis="seen", since=day, until=day).denominator == 0
    for day in (NEWEST, date(2026, 10, 21)):
        assert _ask(warehouse, "upgrades", by="downgrades", until=day).until == day
