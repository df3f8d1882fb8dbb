"""How often a report is tried, and when no more."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from twisted.internet import defer, task

from headcount.client._courier import Courier, Try, pause
from headcount.client._deliver import Outcome
from headcount.contract import REPORTS_PATH
from tests.support.hostile import answer, misbehaving, one_after_another
from tests.support.masters import SMALL, running

ACCEPTED = Outcome("accepted")
GONE = Outcome("later", "nobody there")
HOURS = 3600.0
MIDDLE = 0.5  # the chance at which a pause is neither shortened nor lengthened


class Post:
    """Stands for the collector of one report: gives the outcomes in turn, the last again and again."""

    def __init__(self, clock: task.Clock, *outcomes: Outcome) -> None:
        self._clock = clock
        self._outcomes = list(outcomes)
        self.tries: list[float] = []

    def __call__(self) -> Try:
        self.tries.append(self._clock.seconds())
        return Try(defer.succeed(self._outcomes.pop(0) if len(self._outcomes) > 1 else self._outcomes[0]), _fail)

    def pauses(self) -> list[float]:
        """Seconds from each try to the next."""
        return [after - before for before, after in zip(self.tries, self.tries[1:], strict=False)]


def _fail() -> None:
    raise AssertionError("a try that has ended is withdrawn")


class Slow:
    """Stands for a collector that does not answer: its tries end when the test says so."""

    def __init__(self) -> None:
        self.under_way: list[defer.Deferred[Outcome]] = []
        self.withdrawn = 0

    def __call__(self) -> Try:
        self.under_way.append(defer.Deferred())
        return Try(self.under_way[-1], self._withdraw)

    def _withdraw(self) -> None:
        self.withdrawn += 1

    def end(self, outcome: Outcome) -> None:
        """End the last try."""
        self.under_way[-1].callback(outcome)


class House:
    """A courier with a clock that the test turns, and what it says."""

    def __init__(self, chances: Iterable[float] = ()) -> None:
        self.clock = task.Clock()
        self.said: list[str] = []
        given = iter(chances)
        self.courier = Courier(self.clock, lambda: next(given, MIDDLE), self.said.append)

    def post(self, *outcomes: Outcome) -> Post:
        """Send a report that fares so."""
        post = Post(self.clock, *outcomes)
        self.courier.send(post)
        return post

    def turn(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.pump([1.0] * int(seconds) if seconds < 100 else [60.0] * int(seconds / 60))


def test_an_accepted_report_is_sent_once() -> None:
    """Nothing waits for anything afterwards."""
    house = House()
    post = house.post(ACCEPTED)
    assert post.tries == [0.0]
    assert house.said == ["the collector accepted the report"]
    assert house.clock.getDelayedCalls() == []


def test_a_refused_report_is_never_sent_again() -> None:
    """The log says why."""
    house = House()
    post = house.post(Outcome("refused", "db is wrong"))
    assert post.tries == [0.0]
    assert house.said == ["the collector refused the report, it is not sent again: db is wrong"]
    assert house.clock.getDelayedCalls() == []


def test_pauses_grow_up_to_six_hours() -> None:
    """A collector that is gone for a minute is asked soon, one that is gone for a month four times a day."""
    house = House()
    post = house.post(GONE)
    for _ in range(9):
        house.clock.advance(house.clock.getDelayedCalls()[0].getTime() - house.clock.seconds())
    assert post.pauses() == [4, 12, 36, 108, 324, 972, 2916, 8748, 6 * HOURS]
    assert pause(10_000, 0.0, MIDDLE) == 6 * HOURS


@pytest.mark.parametrize("tries", [1, 2, 5, 50])
def test_pauses_are_jittered(tries: int) -> None:
    """From half to one and a half: masters that were refused together do not come back together."""
    middle = pause(tries, 0.0, MIDDLE)
    assert (pause(tries, 0.0, 0.0), pause(tries, 0.0, 1.0)) == (middle / 2, middle * 1.5)
    house = House([0.0, 1.0])
    post = house.post(GONE)
    house.turn(30)
    assert post.pauses()[:2] == [2.0, 18.0]


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_no_try_comes_before_the_collector_asked(chance: float) -> None:
    """Retry-After is a least, also after the jitter, and it too is spread."""
    assert pause(1, 3600.0, chance) == 3600.0 * (1 + chance / 2)
    assert pause(20, 3600.0, 0.0) == 3 * HOURS
    house = House([chance, 0.5])
    post = house.post(GONE._replace(wait=3600.0), ACCEPTED)
    house.turn(3599)
    assert len(post.tries) == 1
    house.turn(2 * HOURS)
    assert len(post.tries) == 2


def test_the_log_has_one_line_however_long_the_collector_is_gone() -> None:
    """And one when it is back."""
    house = House()
    post = house.post(*[GONE] * 150, ACCEPTED)
    house.turn(60 * 24 * HOURS)
    assert len(post.tries) == 151
    assert house.said == [
        "the report was not delivered: nobody there; it is tried again, quietly, while the master runs",
        "the collector accepted the report at try 151",
    ]


def test_a_newer_report_takes_the_place_of_one_that_waits() -> None:
    """The collector wants to know how it is, not how it was."""
    house = House()
    older = house.post(GONE)
    newer = house.post(GONE, ACCEPTED)
    house.turn(10 * HOURS)
    assert (len(older.tries), len(newer.tries)) == (1, 2)


@pytest.mark.parametrize(("outcome", "said"), [(GONE, 0), (ACCEPTED, 1)])
def test_a_newer_report_takes_the_place_of_one_under_way(outcome: Outcome, said: int) -> None:
    """That try is withdrawn, and nothing begins before it has ended; where it was accepted, that is said."""
    house, older = House(), Slow()
    house.courier.send(older)
    newer = house.post(GONE)
    assert older.withdrawn == 1
    assert newer.tries == []
    older.end(outcome)
    assert len(newer.tries) == 1
    assert house.said.count("the collector accepted the report") == said
    house.turn(5)
    assert (len(older.under_way), len(newer.tries)) == (1, 2)


def test_of_many_newer_reports_the_newest_comes_when_a_try_has_ended() -> None:
    """One that a name server holds, which nothing can break off, has one thread, and not one for each reconfig."""
    house, older = House(), Slow()
    house.courier.send(older)
    newer = [house.post(ACCEPTED) for _ in range(50)]
    assert [post.tries for post in newer] == [[]] * 50
    older.end(GONE)
    assert [len(post.tries) for post in newer] == [0] * 49 + [1]
    assert house.clock.getDelayedCalls() == []


def test_a_newer_report_is_tried_as_if_there_had_been_none() -> None:
    """Soon again, however often the older one was tried; and the log says once more that it waits."""
    house = House()
    house.post(GONE)
    house.turn(20 * HOURS)
    house.said.clear()
    newer = house.post(GONE, ACCEPTED)
    house.turn(5)
    assert newer.tries[1] - newer.tries[0] == 4
    assert [line.partition(";")[0] for line in house.said] == [
        "the report was not delivered: nobody there",
        "the collector accepted the report at try 2",
    ]


def test_the_first_try_that_fails_is_told_at_once() -> None:
    """Not when the second one fails too."""
    house = House()
    house.post(GONE)
    assert house.said == [
        "the report was not delivered: nobody there; it is tried again, quietly, while the master runs"
    ]


def test_an_older_outcome_says_nothing_of_a_newer_report() -> None:
    """Also where both are of the same attempt: the older one was accepted, and the newer one is sent."""
    house, slow = House(), Slow()
    house.courier.send(slow)
    house.courier.send(slow)
    slow.end(ACCEPTED)
    assert len(slow.under_way) == 2
    assert house.courier.is_delivering


@pytest.mark.parametrize("under_way", [False, True])
def test_stop_stops(under_way: bool) -> None:
    """Whether it waits or tries: nothing is left in the clock, and nothing comes."""
    house, slow = House(), Slow()
    house.courier.send(slow)
    if not under_way:
        slow.end(GONE)
        assert len(house.clock.getDelayedCalls()) == 1
    assert house.courier.stop()
    assert not house.courier.stop()
    assert slow.withdrawn == 2 * under_way
    if under_way:
        slow.end(GONE)
    assert house.clock.getDelayedCalls() == []
    house.turn(100)
    assert len(slow.under_way) == 1


@pytest.mark.parametrize("outcome", [ACCEPTED, Outcome("refused", "db is wrong")])
def test_what_is_settled_cannot_be_withdrawn(outcome: Outcome) -> None:
    """It is known whether a report was still to be delivered when it was stopped."""
    house = House()
    house.post(outcome)
    assert not house.courier.is_delivering
    assert not house.courier.stop()
    house.post(GONE)
    assert house.courier.is_delivering


def test_after_a_stop_it_can_be_used_again() -> None:
    """A reconfig can switch it off and on."""
    house = House()
    house.post(GONE)
    house.courier.stop()
    assert house.post(ACCEPTED).tries == [0.0]


def test_a_real_master_sends_the_same_report_again(tmp_path: Path) -> None:
    """The same id, the same bytes, the same secret: the collector can tell that it is one report."""
    behave = one_after_another(answer(503, {"Retry-After": "1"}), answer(202))
    with misbehaving(behave) as server:
        configuration = SMALL + f"c['configurators'] = [util.UsageData(url={server.url!r}, level='full')]\n"
        with running(tmp_path / "m", configuration) as master:
            master.wait_for("the collector accepted the report at try 2")
            log = master.stop()
    first, second = (each for each in server.requests if each.path == REPORTS_PATH)
    assert second.raw == first.raw
    assert second.headers == first.headers
    assert first.body["headcount"]["reason"] == "start"
    assert log.count("headcount: sending") == 1
    assert log.count("was not delivered: the collector answered with status 503;") == 1
    assert "Traceback" not in log
    assert "Unhandled" not in log
