"""The administrator's function: what it may return, and what becomes of a master whose function fails."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from typing import Any

import pytest
from twisted.internet import defer, reactor, task
from twisted.logger import globalLogPublisher

from headcount.client._assemble import NotSent
from headcount.client._function import PATIENCE, apply, expects_slashes
from tests.support.reactor import in_reactor

REPORT: dict[str, Any] = {"installid": "0" * 40, "db": "sqlite", "plugins": {"buildbot.steps.shell.Test": 2}}
LESS = {"db": "sqlite"}


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
def test_a_function_that_takes_too_long_is_given_up(kind: str) -> None:
    """After ten seconds by the master's clock, whatever it waits for; that it blocks holds nobody up."""
    blocked = threading.Event()
    function = {"a thread that blocks": _blocks(blocked), "a Deferred": _never, "a coroutine": _awaits_forever}[kind]
    clock = task.Clock()
    ended: list[Any] = []
    in_reactor(lambda: apply(function, REPORT, clock).addBoth(ended.append) and None)
    in_reactor(clock.advance, PATIENCE - 0.1)
    assert ended == []
    in_reactor(clock.advance, 0.2)
    assert ended[0].check(NotSent)
    assert "longer than 10 seconds" in ended[0].getErrorMessage()
    blocked.set()


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


def _for_stock(report: dict[str, Any]) -> dict[str, Any]:
    def private(name: str) -> bool:
        return not name.lstrip(">").startswith(("buildbot/steps/", "buildbot/worker/"))

    return {**report, "plugins": {k: v for k, v in report["plugins"].items() if not private(k)}}


def test_a_function_from_stocks_days_is_recognized() -> None:
    """It looks for names with slashes; with ours, which have dots, it would find none."""
    assert expects_slashes(_for_stock)
    assert not expects_slashes(lambda report: report)
    assert not expects_slashes(dict)
