"""Conditions that some answered in part: who is counted, of whom the share is, and between which shares the truth lies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime

import pytest

from headcount.contract import Arrival, Name, Profile, Release
from headcount.questions import Answer, Query, ask
from headcount.warehouse.duckdb import DuckWarehouse

TODAY = date(2026, 10, 20)
NOON = int(datetime(2026, 10, 20, 12, tzinfo=UTC).timestamp())
CVS, GIT = ((Name("buildbot.steps.source.cvs.CVS"), 1),), ((Name("buildbot.steps.source.git.Git"), 1),)
EITHER = "plugin = CVS or sqlalchemy < 2"
PROFILES = [
    (12, Profile("stock", "basic", plugins=CVS)),  # stock never sends SQLAlchemy
    (60, Profile("stock", "basic", plugins=GIT)),
    (3, Profile("headcount", "full", plugins=GIT, sqlalchemy=Release(1, 4, 0))),
    (2, Profile("headcount", "full", plugins=CVS, sqlalchemy=Release(2, 0, 0))),
    (15, Profile("headcount", "full", plugins=GIT, sqlalchemy=Release(2, 0, 0))),
    (8, Profile("headcount", "custom")),
]
"""How many, and what they say."""


@pytest.fixture(scope="module")
def warehouse() -> Iterator[DuckWarehouse]:
    """100 installations."""
    with closing(DuckWarehouse(":memory:", threads=1)) as made:
        listed = [profile for count, profile in PROFILES for _ in range(count)]
        arrivals = [
            Arrival(
                NOON - 86_400 * days, number, PROFILES.index((listed.count(profile), profile)) + 1, profile.canonical()
            )
            for number, profile in enumerate(listed, 1)
            for days in (0, 3)
        ]
        made.load(arrivals, inbox="a", through=1)
        yield made


def _ask(warehouse: DuckWarehouse, question: str, where: str = EITHER, **asked: str) -> Answer:
    return ask(warehouse, Query(question, where=where, **asked), today=TODAY)  # type: ignore[arg-type]


@pytest.mark.parametrize("basis", ["alive", "confirmed"])
def test_who_answered_one_side_of_an_or_is_counted(warehouse: DuckWarehouse, basis: str) -> None:
    """At least who uses CVS, whatever they left out; the share is of the 20 that answered both, never of those decided."""
    answer = _ask(warehouse, "drop", basis=basis)
    (row,) = answer.rows
    assert (row["installations"], answer.denominator, row["share"]) == (17, 20, 0.25)
    assert (answer.least, answer.most) == (0.17, 0.85)
    assert "it is true of at least 17.0% and at most 85.0%" in answer.to_table()
    (users,) = _ask(warehouse, "drop", "plugin = CVS", basis=basis).rows
    assert int(users["installations"] or 0) == 14 <= int(row["installations"] or 0)


def test_another_answer_is_of_all_of_whom_it_is_true(warehouse: DuckWarehouse) -> None:
    """And says, too, of how many it may be true."""
    answer = _ask(warehouse, "plugins")
    assert {str(row["plugin"]).rpartition(".")[2]: row["installations"] for row in answer.rows} == {"CVS": 14, "Git": 3}
    assert (answer.denominator, answer.least, answer.most) == (17, 0.17, 0.85)
    assert answer.to_dict()["least"] == 0.17


def test_what_everybody_answered_is_known(warehouse: DuckWarehouse) -> None:
    """Then both shares are one, and no sentence is needed; without a condition there is none."""
    answer = _ask(warehouse, "plugins", "level = full")
    assert (answer.least, answer.most) == (0.2, 0.2)
    assert "Not everybody" not in answer.caption()
    assert "least" not in ask(warehouse, Query("plugins"), today=TODAY).to_dict()


def test_the_contrary_of_what_is_not_known_is_not_known(warehouse: DuckWarehouse) -> None:
    """Who is in neither answer is the difference between most and least."""
    answer, contrary = _ask(warehouse, "drop"), _ask(warehouse, "drop", f"not ({EITHER})")
    assert contrary.rows[0]["installations"] == 15
    assert (contrary.least, contrary.most) == (0.15, 0.83)
    assert round(1 - (contrary.most or 0), 4) == answer.least


def test_nobody_answered_is_not_known_and_not_none(warehouse: DuckWarehouse) -> None:
    """A share of nobody has no figure, in any format."""
    answer = _ask(warehouse, "drop", "mq = wamp")
    assert (answer.denominator, answer.rows[0]["share"], answer.least, answer.most) == (0, None, 0.0, 1.0)
    assert "Not known: there are no installations" in answer.to_table()
    assert "Data are held since 2026-10-17" in answer.caption()
