"""The administrator's function: the report that it returns, or why no report is sent."""

from __future__ import annotations

import inspect
import json
from collections.abc import Generator, Iterator
from functools import partial
from types import CodeType
from typing import Any, Callable

from twisted.internet import defer

from headcount.client._assemble import NotSent
from headcount.client._settings import Function
from headcount.client._threads import in_thread

PATIENCE = 10.0
"""Seconds that a function may take."""


@defer.inlineCallbacks  # type: ignore[untyped-decorator]  # Twisted's, followed by nobody
def apply(function: Function, report: dict[str, Any], clock: Any) -> Generator[Any, Any, dict[str, Any]]:
    """Return a Deferred of the dictionary that ``function`` returns for its own copy of ``report``.

    The function runs in a thread, so that one that blocks delays nothing else. It may return a Deferred or
    a coroutine, which then goes on in the reactor's thread. The Deferred fails with `NotSent` where the
    function raises, takes longer than `PATIENCE` by ``clock``, or returns no report.
    """
    try:
        body: dict[str, Any] = yield _call(function, report).addTimeout(PATIENCE, clock)
    except defer.TimeoutError:
        raise NotSent(f"the function took longer than {PATIENCE:.0f} seconds") from None
    except (GeneratorExit, NotSent):
        raise
    except BaseException as error:  # whatever it raises, SystemExit too, the master runs on
        raise NotSent(f"the function raised {type(error).__name__}") from error
    return body


@defer.inlineCallbacks  # type: ignore[untyped-decorator]  # Twisted's, followed by nobody
def _call(function: Function, report: dict[str, Any]) -> Generator[Any, Any, dict[str, Any]]:
    (result,) = yield _in_thread(lambda: [function(json.loads(json.dumps(report)))])  # a list, as it may be a Deferred
    if inspect.isawaitable(result):
        result = yield defer.ensureDeferred(result)
    plain: dict[str, Any] = yield in_thread(partial(_plain, result))
    return plain


def _in_thread(work: Callable[[], list[Any]]) -> defer.Deferred[list[Any]]:
    """Do work as `in_thread` does. Where it ends after its time-out, no error of its result reaches the log."""
    waiting: defer.Deferred[list[Any]] = defer.Deferred()

    def done(result: Any) -> None:
        if not waiting.called:
            waiting.callback(result)
        elif isinstance(result, list):
            _forget(*result)

    in_thread(work).addBoth(done)
    return waiting


def _forget(result: Any) -> None:
    if isinstance(result, defer.Deferred):
        result.addErrback(lambda _: None)
    elif inspect.iscoroutine(result):
        result.close()


def _plain(result: Any) -> dict[str, Any]:
    if result is None:
        raise NotSent("the function returned None")
    if not isinstance(result, dict):
        raise NotSent(f"the function returned {type(result).__name__}, not a dictionary")
    if not all(isinstance(key, str) for key in result):
        raise NotSent("the function returned a dictionary with keys that are no strings")
    if "headcount" in result:
        raise NotSent("the function added the key headcount, which is ours")
    try:
        plain: dict[str, Any] = json.loads(json.dumps(result, allow_nan=False, ensure_ascii=False).encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise NotSent("the function returned something that JSON cannot hold") from error
    return plain


def expects_slashes(function: Function) -> bool:
    """Return whether a function looks for names with slashes, as stock Buildbot writes them: ``buildbot/steps/…``."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return isinstance(code, CodeType) and any("buildbot/" in text for text in _texts(code))


def _texts(code: CodeType) -> Iterator[str]:
    for constant in code.co_consts:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, (tuple, frozenset)):
            yield from (text for text in constant if isinstance(text, str))
        elif isinstance(constant, CodeType):
            yield from _texts(constant)
