"""The administrator's function: the report that it returns, or why no report is sent."""

from __future__ import annotations

import inspect
import json
from collections.abc import Generator, Iterator
from contextlib import suppress
from functools import partial
from types import CodeType
from typing import Any, Callable

from twisted.internet import defer
from twisted.python.failure import Failure

from headcount.client._assemble import NotSent
from headcount.client._likeness import likeness
from headcount.client._settings import Function
from headcount.client._threads import in_thread

PATIENCE = 10.0
"""Seconds that a function may take."""

_MOST = 3  # functions that have not ended, each of which may keep a thread

_unfinished: dict[object, tuple[Function, object]] = {}  # calls: function and likeness; for the reactor's thread


class StillRuns(NotSent):
    """A function was not called, since an earlier call of it has not ended."""


@defer.inlineCallbacks  # type: ignore[untyped-decorator]  # Twisted's, followed by nobody
def apply(function: Function, report: dict[str, Any], clock: Any) -> Generator[Any, Any, dict[str, Any]]:
    """Return a Deferred of the dictionary that ``function`` returns for its own copy of ``report``.

    The function runs in a thread, so that one that blocks delays nothing else. It may return a Deferred or
    a coroutine, which goes on in the reactor's thread; of an ``async def`` that is all of its code, so it
    must not block. The Deferred fails with `NotSent` where the function raises, takes longer than
    `PATIENCE` by ``clock``, or returns no report; and with `StillRuns` while an earlier call of the function,
    or of several others, has not ended. What comes after its time is forgotten.
    """
    call_id, alike = object(), likeness(function, changing=False)
    if any(function is other or alike == its for other, its in _unfinished.values()):
        raise StillRuns("the function has not ended since it was called for an earlier report")
    if len(_unfinished) >= _MOST:
        raise StillRuns(f"{_MOST} functions have not ended since they were called for earlier reports")
    _unfinished[call_id] = function, alike
    call = _Call(function, report, partial(_unfinished.pop, call_id))
    timer = clock.callLater(PATIENCE, call.give_up)
    try:
        body: dict[str, Any] = yield call.outcome
    except defer.TimeoutError:
        ended = "" if call.has_ended else ", and has not ended: until it has, it is not called again"
        raise NotSent(f"the function took longer than {PATIENCE:.0f} seconds{ended}") from None
    except (GeneratorExit, NotSent):
        raise
    except BaseException as error:  # whatever it raises, SystemExit too, the master runs on
        raise NotSent(f"the function raised {type(error).__name__}") from error
    finally:
        if timer.active():
            timer.cancel()
    return body


class _Call:
    """One call of a function: ``outcome`` fires once, with what it returns, or with TimeoutError when it is given up.

    ``ended`` is called when the function has ended, however late.
    """

    def __init__(self, function: Function, report: dict[str, Any], ended: Callable[[], object]) -> None:
        self.outcome: defer.Deferred[Any] = defer.Deferred()
        self.has_ended = False
        self._ended = ended
        self._given_up = False
        self._awaited: defer.Deferred[Any] | None = None  # what the function returned, until that has a result

        def work() -> tuple[bool, Any]:  # a tuple, as its second may be a Deferred
            result = function(json.loads(json.dumps(report)))
            goes_on = inspect.isawaitable(result)
            return goes_on, result if goes_on else _plain(result)

        in_thread(work).addCallbacks(self._returned, self._end)

    def give_up(self) -> None:
        """Wait no more, and ask what the function returned to end."""
        self._given_up = True
        self._cancel()
        self.outcome.errback(defer.TimeoutError())

    def _cancel(self) -> None:
        if self._awaited is not None:
            with suppress(Exception):  # the administrator's Deferred may raise when it is cancelled
                self._awaited.cancel()

    def _returned(self, returned: tuple[bool, Any]) -> None:
        goes_on, result = returned
        if not goes_on:
            self._end(result)
        elif self._given_up and inspect.iscoroutine(result):
            result.close()  # it was not begun
            self._end(None)
        else:
            self._follow(result)

    def _follow(self, awaitable: Any) -> None:
        try:
            self._awaited = defer.ensureDeferred(awaitable)
        except BaseException:  # noqa: BLE001  # an awaitable of another framework
            self._end(Failure())
            return
        self._awaited.addCallback(self._received).addBoth(self._end)
        if self._given_up:
            self._cancel()

    def _received(self, result: Any) -> Any:
        self._awaited = None
        return None if self._given_up else in_thread(partial(_plain, result))

    def _end(self, result: Any) -> None:
        self._awaited = None
        self.has_ended = True
        self._ended()
        if not self._given_up:
            self.outcome.callback(result)  # a Failure too


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
