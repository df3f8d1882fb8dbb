"""The administrator's function: what it may return, and what becomes of a master whose function fails."""

from __future__ import annotations

import contextlib
import functools
import gc
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from twisted.internet import defer, reactor, task
from twisted.logger import globalLogPublisher

from headcount.client import _function
from headcount.client._assemble import NotSent
from headcount.client._function import PATIENCE, StillRuns, apply, expects_slashes
from tests.support.reactor import in_reactor
from tests.support.waiting import wait_until

REPORT: dict[str, Any] = {"installid": "0" * 40, "db": "sqlite", "plugins": {"buildbot.steps.shell.Test": 2}}
LESS = {"db": "sqlite"}


@pytest.fixture
def blocked() -> Iterator[threading.Event]:
    """An event for which functions wait until the test ends, however it ends."""
    event = threading.Event()
    yield event
    event.set()


def _made(function: Callable[[dict[str, Any]], Any]) -> Any:
    return in_reactor(apply, function, REPORT, reactor)


async def _coroutine(_: object) -> dict[str, Any]:
    await task.deferLater(reactor, 0.01)
    return LESS


def _later(value: Any) -> Callable[[Any], Any]:
    return lambda _: task.deferLater(reactor, 0.01, lambda: value)


@pytest.mark.parametrize("function", [lambda _: LESS, lambda _: defer.succeed(LESS), _later(LESS), _coroutine])
def test_a_dictionary_comes_at_once_or_later(function: Callable[[Any], Any]) -> None:
    """As it is, through a Deferred, or through a coroutine."""
    assert _made(function) == LESS


def test_a_function_works_on_its_own_copy() -> None:
    """What it does to the report is seen in what it returns, and nowhere else."""

    def change(report: dict[str, Any]) -> dict[str, Any]:
        report["plugins"]["buildbot.steps.shell.Compile"] = 1
        del report["installid"]
        return report

    assert set(_made(change)["plugins"]) == {"buildbot.steps.shell.Test", "buildbot.steps.shell.Compile"}
    assert REPORT["plugins"] == {"buildbot.steps.shell.Test": 2}
    assert "installid" in REPORT


async def _raises(_: object) -> None:
    raise ZeroDivisionError


def _exits(_: object) -> None:
    raise SystemExit(1)


CIRCLE: list[Any] = []
CIRCLE.append(CIRCLE)


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda _: None, "the function returned None"),
        (_later(None), "the function returned None"),
        (lambda _: defer.succeed(None), "the function returned None"),
        (lambda _: 1 / 0, "the function raised ZeroDivisionError"),
        (lambda _: defer.fail(ZeroDivisionError()), "the function raised ZeroDivisionError"),
        (_raises, "the function raised ZeroDivisionError"),
        (_exits, "the function raised SystemExit"),
        (lambda: None, "the function raised TypeError"),
        (lambda _: [1], "the function returned list, not a dictionary"),
        (lambda _: "secret", "the function returned str, not a dictionary"),
        (lambda _: {"db": object()}, "something that JSON cannot hold"),
        (lambda _: {"db": float("nan")}, "something that JSON cannot hold"),
        (lambda _: {"db": {1, 2}}, "something that JSON cannot hold"),
        (lambda _: {"db": b"sqlite"}, "something that JSON cannot hold"),
        (lambda _: {"db": "\ud800"}, "something that JSON cannot hold"),
        (lambda _: {"builders": CIRCLE}, "something that JSON cannot hold"),
        (lambda _: {1: "x"}, "keys that are no strings"),
        (lambda _: {"headcount": {}}, "the key headcount, which is ours"),
    ],
)  # fmt: skip
def test_what_is_no_report_is_not_sent(function: Any, says: str) -> None:
    """And the reason holds nothing of what the function returned."""
    with pytest.raises(NotSent, match=says):
        _made(function)


def _blocks(event: threading.Event) -> Callable[[Any], Any]:
    def function(report: dict[str, Any]) -> dict[str, Any]:
        event.wait(60)
        return report

    return function


def _never(_: object) -> Any:
    return defer.Deferred()


async def _awaits_forever(_: object) -> None:
    await defer.Deferred()


@pytest.mark.parametrize("kind", ["a thread that blocks", "a Deferred", "a coroutine"])
def test_a_function_that_takes_too_long_is_given_up(kind: str, blocked: threading.Event) -> None:
    """After ten seconds by the master's clock, whatever it waits for; that it blocks holds nobody up."""
    function = {"a thread that blocks": _blocks(blocked), "a Deferred": _never, "a coroutine": _awaits_forever}[kind]
    clock = task.Clock()
    ended: list[Any] = []
    in_reactor(lambda: apply(function, REPORT, clock).addBoth(ended.append) and None)
    in_reactor(clock.advance, PATIENCE - 0.1)
    assert ended == []
    in_reactor(clock.advance, 0.2)
    assert ended[0].check(NotSent)
    assert "longer than 10 seconds" in ended[0].getErrorMessage()


@pytest.mark.parametrize("late", [lambda: defer.fail(ZeroDivisionError()), lambda: _raises(None)])
def test_what_comes_too_late_fails_quietly(late: Callable[[], Any]) -> None:
    """A Deferred or a coroutine that a function returns when it was given up: no error of it reaches the log."""
    go_on = threading.Event()

    def function(_: object) -> Any:
        go_on.wait()
        return late()

    clock = task.Clock()
    ended: list[Any] = []
    events: list[Any] = []
    globalLogPublisher.addObserver(events.append)
    threads = set(threading.enumerate())
    in_reactor(lambda: apply(function, REPORT, clock).addBoth(ended.append) and None)
    (thread,) = set(threading.enumerate()) - threads
    in_reactor(clock.advance, PATIENCE + 1)
    assert ended[0].check(NotSent)
    go_on.set()
    thread.join()
    in_reactor(gc.collect)
    globalLogPublisher.removeObserver(events.append)
    assert [event for event in events if event.get("isError")] == []


async def _swallows(_: object) -> None:
    while True:
        with contextlib.suppress(defer.CancelledError):
            await task.deferLater(reactor, 3600)


@pytest.fixture
def clock() -> Iterator[task.Clock]:
    """A clock; when the test is over, nothing is left of the functions that were called."""
    yield task.Clock()
    wait_until(lambda: not _function._unfinished, "the functions end")


class Called:
    """What became of a call."""

    def __init__(self, function: Callable[[Any], Any], clock: task.Clock) -> None:
        self.results: list[Any] = []
        in_reactor(lambda: apply(function, REPORT, clock).addBoth(self.results.append) and None)

    @property
    def says(self) -> str:
        """Why nothing is sent."""
        (result,) = self.results
        assert result.check(NotSent)
        return str(result.getErrorMessage())


def test_a_coroutine_that_swallows_its_cancellation_is_given_up() -> None:
    """Nothing ends it, so it is not called again; nothing else waits for it."""
    clock = task.Clock()
    called = Called(_swallows, clock)
    wait_until(lambda: in_reactor(lambda: _sleeping() == 1), "it sleeps")
    in_reactor(clock.advance, PATIENCE)
    assert (
        called.says
        == "the function took longer than 10 seconds, and has not ended: until it has, it is not called again"
    )
    assert in_reactor(_sleeping) == 1
    again = Called(_swallows, clock)
    assert again.results[0].check(StillRuns)
    assert again.says == "the function has not ended since it was called for an earlier report"
    assert in_reactor(_sleeping) == 1
    assert _made(lambda _: LESS) == LESS
    in_reactor(_function._unfinished.clear)


def _sleeping() -> int:
    return sum(call.getTime() - reactor.seconds() > 3000 for call in reactor.getDelayedCalls())


def _made_blocking(event: threading.Event) -> Callable[[Any], Any]:
    scope: dict[str, Any] = {"wait": event.wait}
    exec("def f(report):\n    wait(60)\n    return report\n", scope)
    return scope["f"]  # type: ignore[no-any-return]


def test_a_function_that_blocks_is_not_called_again_before_it_has_ended(
    clock: task.Clock, blocked: threading.Event
) -> None:
    """Nor one that is made anew by the same text: one thread is kept, and not one for each report."""
    threads = set(threading.enumerate())
    first = Called(_made_blocking(blocked), clock)
    in_reactor(clock.advance, PATIENCE)
    assert first.says.endswith("and has not ended: until it has, it is not called again")
    for _ in range(50):
        again = Called(_made_blocking(blocked), clock)
        assert again.results[0].check(StillRuns)
    assert len(set(threading.enumerate()) - threads) == 1
    blocked.set()
    wait_until(lambda: not _function._unfinished, "it ends")
    assert _made(_made_blocking(blocked)) == REPORT


def test_functions_that_block_are_few(clock: task.Clock, blocked: threading.Event) -> None:
    """An administrator who mends a function need not restart, and yet threads do not pile up."""
    threads = set(threading.enumerate())
    says = []
    for number in range(10):
        called = Called(functools.partial(lambda _number, report: blocked.wait(60) and report, number), clock)
        in_reactor(clock.advance, PATIENCE)
        says.append(called.says)
    assert [text.startswith("the function took longer") for text in says] == [True] * 3 + [False] * 7
    assert set(says[3:]) == {"3 functions have not ended since they were called for earlier reports"}
    assert len(set(threading.enumerate()) - threads) == 3


class Blocks(dict):  # type: ignore[type-arg]
    """A dictionary that does not end where it is read."""

    def __init__(self, event: threading.Event) -> None:
        super().__init__(db="sqlite")
        self.event = event

    def items(self) -> Any:
        """Wait."""
        self.event.wait(60)
        return super().items()


@pytest.mark.parametrize("late", [False, True])
def test_a_dictionary_that_does_not_end_is_given_up(late: bool, clock: task.Clock, blocked: threading.Event) -> None:
    """The function has not ended before its result is read."""
    called = Called(lambda _: defer.succeed(Blocks(blocked)) if late else Blocks(blocked), clock)
    in_reactor(clock.advance, PATIENCE)
    assert "longer than 10 seconds, and has not ended" in called.says


def test_a_deferred_that_raises_when_it_is_cancelled_hurts_nobody() -> None:
    """Its error is the administrator's; the reactor's clock does not see it."""

    def refuse(_: object) -> None:
        raise ZeroDivisionError

    clock = task.Clock()
    never: defer.Deferred[Any] = defer.Deferred(refuse)
    threads = set(threading.enumerate())
    called = Called(lambda _: never, clock)
    wait_until(lambda: threads.issuperset(threading.enumerate()), "it is waited for")
    in_reactor(clock.advance, PATIENCE)
    assert "has not ended" in called.says
    in_reactor(never.callback, LESS)
    assert not _function._unfinished


class Bad:
    """A function with an equality of its own, which raises."""

    def __init__(self, result: Any) -> None:
        self.result = result

    def __call__(self, _: Any) -> Any:
        """Return what is wanted."""
        return self.result

    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError

    __hash__ = None  # type: ignore[assignment]


def test_functions_are_not_compared_by_what_they_say_of_themselves(clock: task.Clock) -> None:
    """One has not ended while another one is called."""
    never: defer.Deferred[Any] = defer.Deferred(lambda _: 1 / 0)
    Called(Bad(never), clock)
    in_reactor(clock.advance, PATIENCE)
    assert _made(Bad(LESS)) == LESS
    in_reactor(never.callback, LESS)


def test_time_is_given_back() -> None:
    """A function that ends in time leaves nothing in the clock."""
    clock = task.Clock()
    assert in_reactor(apply, lambda _: LESS, REPORT, clock) == LESS
    assert clock.getDelayedCalls() == []


def _for_stock(report: dict[str, Any]) -> dict[str, Any]:
    def private(name: str) -> bool:
        return not name.lstrip(">").startswith(("buildbot/steps/", "buildbot/worker/"))

    return {**report, "plugins": {k: v for k, v in report["plugins"].items() if not private(k)}}


def test_a_function_from_stocks_days_is_recognized() -> None:
    """It looks for names with slashes; with ours, which have dots, it would find none."""
    assert expects_slashes(_for_stock)
    assert not expects_slashes(lambda report: report)
    assert not expects_slashes(dict)
