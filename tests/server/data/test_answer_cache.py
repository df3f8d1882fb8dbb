"""Answers are kept while that is right."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pytest

from headcount.contract import Arrival, Profile, vocabulary
from headcount.questions import BadQuestion, Query
from headcount.server.data.answer_cache import AnswerCache
from headcount.warehouse import Snapshot
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.waiting import wait_until

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


def test_the_second_time_nobody_waits_for_it(warehouse: DuckWarehouse) -> None:
    """An answer that took long at the first look is computed ahead of the next; a cheap one is not."""
    clock = Clock()
    answers = AnswerCache(warehouse, lambda: NOW, clock)
    for cost, computed in ((1.0, 1), (0.01, 0)):
        clock.cost = cost
        query = Query("versions", by="buildbot" if computed else "python")
        answers.ask(query)
        assert answers.refresh() == 0
        _report(warehouse, 10 + computed)
        assert answers.refresh() == computed
        assert (answers.numbers([query]) is not None) == bool(computed)


def test_a_burst_of_questions_costs_a_tenth_of_the_time_and_only_for_minutes(warehouse: DuckWarehouse) -> None:
    """Whatever was asked, what is computed ahead of time has a budget; what nobody asks again is soon given up."""
    clock = Clock()
    answers = AnswerCache(warehouse, lambda: NOW, clock)
    clock.cost = 10.0
    queries = [Query("versions", by="buildbot", where=f"buildbot >= 4.{number}") for number in range(8)]
    for query in queries:
        answers.ask(query)
    _report(warehouse, 2)
    for query in queries:
        answers.ask(query)
    refreshed = 0
    start = clock.time
    for install in (3, 4):
        _report(warehouse, install)
        clock.skip(310)
        refreshed += answers.refresh()
    assert 0 < 10 * refreshed < 0.1 * (clock.time - start) + 6 + 10 < 10 * 2 * len(queries)
    clock.skip(900)
    assert answers.refresh() == 0


def test_the_last_that_was_asked_for_goes_first_and_the_pages_stay(warehouse: DuckWarehouse) -> None:
    """As far as the budget goes; a condition is wanted for minutes, and the answer of a page for a day."""
    clock = Clock()
    clock.cost = 1.0
    answers = AnswerCache(warehouse, lambda: NOW, clock)
    first, last = (Query("versions", by="buildbot", where=f"buildbot >= 4.{number}") for number in range(2))
    page = Query("versions", by="python")
    for install in (2, 3):
        for query in (page, first, last):
            answers.ask(query)
        _report(warehouse, install)
    clock.skip(160)
    answers._budget, answers._budgeted = -0.1 * 1.5, clock.time  # of a second that passes there is enough for one
    clock.skip(0.6)
    assert answers.refresh() == 1
    computed = {key.query: entry.data for key, entry in answers._entries.items()}
    assert computed[last] == max(computed.values()) > computed[first]
    clock.skip(1000)
    _report(warehouse, 4)
    assert answers.refresh() == 1
    computed = {key.query: entry.data for key, entry in answers._entries.items()}
    assert computed[page] == max(computed.values()) > computed[first]


class Held:
    """A warehouse whose snapshots wait until they are let go; it counts how many there are at once."""

    def __init__(self, warehouse: DuckWarehouse) -> None:
        self._warehouse = warehouse
        self.generation = warehouse.generation
        self.go = threading.Event()
        self.at_once = self.most = 0
        self._lock = threading.Lock()

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """One of the warehouse."""
        with self._lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        try:
            assert self.go.wait(30)
            with self._warehouse.snapshot() as snapshot:
                yield snapshot
        finally:
            with self._lock:
                self.at_once -= 1


def test_few_answers_are_computed_at_once(warehouse: DuckWarehouse) -> None:
    """Two, since each takes all cores; more wait, but not all that come, or no thread would be left for anything else."""
    held = Held(warehouse)
    answers = AnswerCache(held, lambda: NOW)
    with ThreadPoolExecutor(40) as pool:
        asked = [
            pool.submit(answers.ask, Query("versions", by="buildbot", where=f"buildbot >= 0.0.{number}"))
            for number in range(40)
        ]
        wait_until(lambda: sum(each.done() for each in asked) == 14, "fourteen were told to ask again")
        held.go.set()
        errors = [str(error) for each in asked if (error := each.exception()) is not None]
    assert errors == ["too many questions wait already: ask again in a minute"] * 14
    assert held.most == 2


def test_who_waits_for_the_same_answer_gets_it(warehouse: DuckWarehouse) -> None:
    """It is computed for those who have a turn, and shown to the others."""
    held = Held(warehouse)
    answers = AnswerCache(held, lambda: NOW)
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(_counted, answers) for _ in range(8)]
        wait_until(lambda: held.at_once == 2, "two are computed")
        held.go.set()
        assert [each.result() for each in asked] == [1] * 8
    assert len({id(entry) for entry in answers._entries.values()}) == 1


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
