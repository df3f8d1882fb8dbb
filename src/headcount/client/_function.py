"""The administrator's function: what it makes of a report, or why nothing is sent."""

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
def made_by(function: Function, report: dict[str, Any], clock: Any) -> Generator[Any, Any, dict[str, Any]]:
    """A Deferred of the dictionary that ``function`` makes of its own copy of ``report``.

    The function runs in a thread, so that one that blocks holds nothing up; what it returns may be a Deferred or a
    coroutine, which then goes on in the reactor's thread. Fails with `NotSent` where it raises, takes longer than
    `PATIENCE` by ``clock``, or makes what is no report.
    """
    try:
        made: dict[str, Any] = yield _called(function, report).addTimeout(PATIENCE, clock)
    except defer.TimeoutError:
        raise NotSent(f"the function took longer than {PATIENCE:.0f} seconds") from None
    except (GeneratorExit, NotSent):
        raise
    except BaseException as error:  # whatever it raises, SystemExit too, the master runs on
        raise NotSent(f"the function raised {type(error).__name__}") from error
    return made


@defer.inlineCallbacks  # type: ignore[untyped-decorator]  # Twisted's, followed by nobody
def _called(function: Function, report: dict[str, Any]) -> Generator[Any, Any, dict[str, Any]]:
    (made,) = yield _in_thread(lambda: [function(json.loads(json.dumps(report)))])  # a list, since it may be a Deferred
    if inspect.isawaitable(made):
        made = yield defer.ensureDeferred(made)
    plain: dict[str, Any] = yield in_thread(partial(_plain, made))
    return plain


def _in_thread(work: Callable[[], list[Any]]) -> defer.Deferred[list[Any]]:
    """As `in_thread`; where it ends when nobody waits any more, no error of what it made reaches the log."""
    waiting: defer.Deferred[list[Any]] = defer.Deferred()

    def done(result: Any) -> None:
        if not waiting.called:
            waiting.callback(result)
        elif isinstance(result, list):
            _forget(*result)

    in_thread(work).addBoth(done)
    return waiting


def _forget(made: Any) -> None:
    if isinstance(made, defer.Deferred):
        made.addErrback(lambda _: None)
    elif inspect.iscoroutine(made):
        made.close()


def _plain(made: Any) -> dict[str, Any]:
    if made is None:
        raise NotSent("the function returned None")
    if not isinstance(made, dict):
        raise NotSent(f"the function returned {type(made).__name__}, not a dictionary")
    if not all(isinstance(key, str) for key in made):
        raise NotSent("the function returned a dictionary with keys that are no strings")
    if "headcount" in made:
        raise NotSent("the function added the key headcount, which is ours")
    try:
        plain: dict[str, Any] = json.loads(json.dumps(made, allow_nan=False, ensure_ascii=False).encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise NotSent("the function returned something that JSON cannot hold") from error
    return plain


def expects_slashes(function: Function) -> bool:
    """Whether a function looks for names as stock Buildbot writes them, ``buildbot/steps/…``: ours have dots."""
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
