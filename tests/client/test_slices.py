"""Work in the reactor's thread that takes long is done in slices, between which the master goes on."""

from __future__ import annotations

from collections.abc import Generator
from types import SimpleNamespace
from typing import Any

import pytest
from buildbot.plugins import steps
from buildbot.process.buildstep import _BuildStepFactory
from twisted.internet import task

from headcount.client._collect import collect
from headcount.client._slices import SLICE, at_once, in_slices
from headcount.contract import vocabulary


class Time:
    """A stopwatch that tests set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


def work(time: Time, count: int, done: list[int]) -> Generator[None, None, str]:
    """Work of steps of a millisecond."""
    for number in range(count):
        time.now += 0.001
        done.append(number)
        yield
    return "done"


def test_a_slice_ends_with_the_step_that_fills_it() -> None:
    """Then all that waits has its turn; the result comes when the work is done."""
    time, done, results = Time(), list[int](), list[Any]()
    waiting: list[Any] = []
    clock = SimpleNamespace(callLater=lambda seconds, go_on: waiting.append((seconds, go_on)))
    in_slices(work(time, 10, done), clock, time).addBoth(results.append)
    slices = [len(done)]
    while waiting:
        assert results == []
        seconds, go_on = waiting.pop()
        assert seconds == 0
        go_on()
        slices.append(len(done))
    assert SLICE == 0.004
    assert (slices, results) == ([4, 8, 10], ["done"])


def test_work_that_is_short_is_done_at_once() -> None:
    """And work without a pause comes to the same."""
    clock, time, results = task.Clock(), Time(), list[Any]()
    in_slices(work(time, 2, []), clock, time).addBoth(results.append)
    assert (results, clock.getDelayedCalls()) == (["done"], [])
    assert at_once(work(time, 100, [])) == "done"


def test_whoever_waits_gets_what_went_wrong() -> None:
    """Nothing is raised into the reactor."""

    def fails() -> Generator[None, None, None]:
        yield
        raise ZeroDivisionError

    results: list[Any] = []
    in_slices(fails(), task.Clock(), Time()).addErrback(results.append)
    assert results[0].type is ZeroDivisionError
    with pytest.raises(ZeroDivisionError):
        at_once(fails())


def test_no_step_of_reading_a_configuration_is_long() -> None:
    """However many builders, workers and steps there are: each step looks at a few hundred things at most."""
    touched: list[int] = []

    class Factory(_BuildStepFactory):  # type: ignore[misc]  # Buildbot is not typed
        """Counts how often it is asked for its class."""

        @property
        def step_class(self) -> type:
            touched[-1] += 1
            return steps.ShellCommand  # type: ignore[no-any-return]

        @step_class.setter
        def step_class(self, _: type) -> None:
            pass

    class Worker:
        """Counts how often it is asked for its name."""

        @property
        def workername(self) -> str:
            touched[-1] += 1
            return "w"

    step = Factory(steps.ShellCommand)
    builders = [
        SimpleNamespace(name="b", factory=SimpleNamespace(steps=[step] * count)) for count in (5_500, *[20] * 300)
    ]
    config = SimpleNamespace(builders=builders, workers={str(number): Worker() for number in range(2_500)})
    reading, counts = collect(config, vocabulary(), full=True), list[int]()
    touched.append(0)
    for _ in reading:
        counts.append(touched[-1])
        touched.append(0)
    assert sum(counts) >= 14_000
    assert max(counts) <= 252
    assert len(counts) > 45
