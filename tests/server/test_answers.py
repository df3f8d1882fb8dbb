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
    """Seconds that pass when they are told to, and as many as an answer takes each time that one is made."""

    def __init__(self) -> None:
        self.time = 0.0
        self.cost = 0.0
        self._looks = 0

    def __call__(self) -> float:
        self._looks += 1
        self.time += self.cost * (self._looks % 2 == 0)
        return self.time

    def skip(self, seconds: float) -> None:
        """Let time pass, and begin anew to count looks."""
        self.time += seconds
        self._looks = 0


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


def test_one_that_took_long_is_shown_a_while_longer(warehouse: DuckWarehouse) -> None:
    """For thirty times as long as it took, though reports came; and at most a minute."""
    for cost, shown, made_anew in ((1.0, 29.9, 0.2), (10.0, 59.9, 0.2)):
        clock = Clock()
        clock.cost = cost
        answers = Answers(warehouse, lambda: NOW, clock)
        before = (_counted(answers) or 0) + 1
        _report(warehouse, before)
        assert _counted(answers) == before  # after the first time nothing is known yet of how long it takes
        _report(warehouse, before + 1)
        clock.skip(shown)
        assert _counted(answers) == before
        clock.skip(made_anew)
        assert _counted(answers) == before + 1


def test_an_erasure_waits_for_nothing(warehouse: DuckWarehouse) -> None:
    """Who was erased is in no answer from that moment on."""
    clock = Clock()
    clock.cost = 5.0
    answers = Answers(warehouse, lambda: NOW, clock)
    for install in (2, 3):
        assert _counted(answers) == install - 1
        _report(warehouse, install)
    clock.skip(1.0)
    assert _counted(answers) == 2
    warehouse.erase([1], NOW)
    assert _counted(answers) == 2
    warehouse.erase([2, 3], NOW)
    assert _counted(answers) == 0
