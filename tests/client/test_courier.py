"""How often a report is tried, and when no more."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from twisted.internet import defer, task

from headcount.client._courier import Courier, pause
from headcount.client._deliver import Outcome
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

    def __call__(self) -> defer.Deferred[Outcome]:
        self.tries.append(self._clock.seconds())
        return defer.succeed(self._outcomes.pop(0) if len(self._outcomes) > 1 else self._outcomes[0])

    def pauses(self) -> list[float]:
        """Seconds from each try to the next."""
        return [after - before for before, after in zip(self.tries, self.tries[1:], strict=False)]


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


def test_a_newer_report_takes_the_place_of_one_under_way() -> None:
    """When that try ends, it is not followed by another; where it was accepted, that is said."""
    house = House()
    for outcome, said in ((GONE, 0), (ACCEPTED, 1)):
        house.said.clear()
        under_way: defer.Deferred[Outcome] = defer.Deferred()
        house.courier.send(lambda under_way=under_way: under_way)  # type: ignore[misc]  # the loop's own
        newer = house.post(GONE)
        house.said.clear()
        under_way.callback(outcome)
        assert len(house.said) == said
        assert len(house.clock.getDelayedCalls()) == 1
        assert len(newer.tries) == 1


@pytest.mark.parametrize("under_way", [False, True])
def test_stop_stops(under_way: bool) -> None:
    """Whether it waits or tries: nothing is left in the clock, and nothing comes."""
    house = House()
    trying: defer.Deferred[Outcome] = defer.Deferred()
    house.courier.send(lambda: trying)
    if not under_way:
        trying.callback(GONE)
        assert len(house.clock.getDelayedCalls()) == 1
    house.courier.stop()
    if under_way:
        trying.callback(GONE)
    assert house.clock.getDelayedCalls() == []


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
    first, second = server.requests
    assert second.raw == first.raw
    assert second.headers == first.headers
    assert first.body["headcount"]["reason"] == "start"
    assert log.count("headcount: sending") == 1
    assert log.count("was not delivered: the collector answered with status 503;") == 1
    assert "Traceback" not in log
    assert "Unhandled" not in log
