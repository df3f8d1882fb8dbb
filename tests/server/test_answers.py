"""Answers are kept while that is right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from headcount.contract import Profile, vocabulary
from headcount.ingest import Arrival
from headcount.server._answers import Answers
from headcount.warehouse import DuckWarehouse

NOW = 1_793_491_100


class Clock:
    """Seconds that pass when they are told to; each look at it takes ``cost``."""

    def __init__(self) -> None:
        self.time = 0.0
        self.cost = 0.0

    def __call__(self) -> float:
        self.time += self.cost
        return self.time

    def skip(self, seconds: float) -> None:
        """Let time pass."""
        self.time += seconds


@pytest.fixture
def warehouse() -> Iterator[DuckWarehouse]:
    """One with an installation."""
    with closing(DuckWarehouse(":memory:")) as made:
        _report(made, 1)
        yield made


def _report(warehouse: DuckWarehouse, install: int) -> None:
    content = Profile("stock", "basic", buildbot=vocabulary().newest).canonical()
    warehouse.load([Arrival(NOW - 60, install, 1, content)], inbox="a", through=install)


def _counted(answers: Answers) -> int | None:
    return answers.ask("versions", by="buildbot").denominator


def test_a_cheap_answer_is_always_of_the_newest_data(warehouse: DuckWarehouse) -> None:
    """However short ago it was made."""
    answers = Answers(warehouse, lambda: NOW, Clock())
    assert _counted(answers) == 1
    _report(warehouse, 2)
    assert _counted(answers) == 2


def _slow(warehouse: DuckWarehouse, cost: float) -> tuple[Answers, Clock, int]:
    """Answers, each of which takes ``cost`` seconds; one was made twice, and a report came since: it says so many."""
    clock = Clock()
    clock.cost = cost
    answers = Answers(warehouse, lambda: NOW, clock)
    shown = (_counted(answers) or 0) + 1
    _report(warehouse, shown)
    assert _counted(answers) == shown  # after the first time nothing is known yet of how long it takes
    _report(warehouse, shown + 1)
    return answers, clock, shown


@pytest.mark.parametrize(("cost", "patience"), [(1.0, 300), (10.0, 600)])
def test_one_that_takes_long_is_shown_a_while_longer(warehouse: DuckWarehouse, cost: float, patience: int) -> None:
    """For three hundred times as long as it takes, though reports came; and at most ten minutes."""
    answers, clock, shown = _slow(warehouse, cost)
    clock.skip(patience - 2 * cost)
    assert _counted(answers) == shown
    clock.skip(2 * cost)
    assert _counted(answers) == shown + 1


def test_it_is_made_anew_before_that_is_over(warehouse: DuckWarehouse) -> None:
    """Where it was looked at within the day; and only where something came."""
    answers, clock, shown = _slow(warehouse, 1.0)
    clock.skip(140)
    assert answers.refresh() == 0
    clock.skip(10)
    assert answers.refresh() == 1
    assert answers.refresh() == 0
    clock.skip(290)
    assert _counted(answers) == shown + 1
    clock.skip(200)
    assert answers.refresh() == 0
    _report(warehouse, shown + 2)
    assert answers.refresh() == 1
    _report(warehouse, shown + 3)
    clock.skip(86_400)
    assert answers.refresh() == 0


def test_an_erasure_waits_for_nothing(warehouse: DuckWarehouse) -> None:
    """Who was erased is in no answer from that moment on."""
    answers, _, shown = _slow(warehouse, 5.0)
    assert _counted(answers) == shown
    warehouse.erase([1], NOW)
    assert _counted(answers) == shown
    warehouse.erase([2, 3], NOW)
    assert _counted(answers) == 0


def test_a_note_of_the_time_corrects_nothing(warehouse: DuckWarehouse) -> None:
    """It is made every hour; what it sets apart is gone from every answer at once."""
    answers, _, shown = _slow(warehouse, 5.0)
    assert warehouse.keep_time(NOW) == 0
    assert _counted(answers) == shown
    assert warehouse.keep_time(NOW - 3_600) == shown + 1
    assert _counted(answers) == 0
