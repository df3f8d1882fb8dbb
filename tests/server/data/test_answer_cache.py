"""Answers are kept while that is right."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from headcount.contract import Arrival, Profile, vocabulary
from headcount.questions import BadQuestion, Query
from headcount.server.data.answer_cache import AnswerCache
from headcount.warehouse.duckdb import DuckWarehouse

NOW = 1_793_491_100
_CONTENT = Profile("stock", "basic", buildbot=vocabulary().newest).canonical()


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
    warehouse.load([Arrival(NOW - 60, install, 1, _CONTENT)], inbox="a", through=install)


def _counted(answers: AnswerCache) -> int | None:
    return answers.ask(Query("versions", by="buildbot")).denominator


def test_a_cheap_answer_is_always_of_the_newest_data(warehouse: DuckWarehouse) -> None:
    """However short ago it was made."""
    answers = AnswerCache(warehouse, lambda: NOW, Clock())
    assert _counted(answers) == 1
    _report(warehouse, 2)
    assert _counted(answers) == 2


def _slow(warehouse: DuckWarehouse, cost: float) -> tuple[AnswerCache, Clock, int]:
    """Answers, each of which takes ``cost`` seconds; one was made twice, and a report came since: it says so many."""
    clock = Clock()
    clock.cost = cost
    answers = AnswerCache(warehouse, lambda: NOW, clock)
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


class Turns(threading.Event):
    """Set after so many turns; none waits."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._left = count

    def wait(self, timeout: float | None = None) -> bool:
        """One turn less."""
        del timeout
        self._left -= 1
        return self._left < 0


def test_one_that_is_right_no_longer_keeps_no_other_from_being_made_anew(
    warehouse: DuckWarehouse, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the data went on, a question may be about the past: who asks it again is told, and it is made anew no more."""
    clock = Clock()
    clock.cost = 1.0
    answers = AnswerCache(warehouse, lambda: NOW + 86_400, clock)
    until = datetime.fromtimestamp(NOW, UTC).date()
    for install in (2, 3):
        answers.ask(Query("upgrades", by="downgrades", until=until))
        shown = _counted(answers)
        _report(warehouse, install)
    warehouse.load([Arrival(NOW + 86_000, 4, 1, _CONTENT)], inbox="a", through=9)
    clock.skip(200)
    answers.keep_fresh(Turns(2))
    assert _counted(answers) == (shown or 0) + 2
    assert answers.refresh() == 0
    with pytest.raises(BadQuestion, match="present"):
        answers.ask(Query("upgrades", by="downgrades", until=until))
    assert caplog.text == ""


def test_one_that_cannot_be_made_is_logged_and_left(
    warehouse: DuckWarehouse, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once: the next who asks has it made, or is told."""
    answers, clock, shown = _slow(warehouse, 1.0)
    clock.skip(200)
    with monkeypatch.context() as failing:
        failing.setattr(warehouse, "snapshot", lambda: 1 / 0)
        answers.keep_fresh(Turns(2))
    assert [record.getMessage() for record in caplog.records] == [
        "an answer to versions could not be made anew: ZeroDivisionError"
    ]
    assert _counted(answers) == shown + 1


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
