"""Work in the reactor's thread, a slice at a time, so that the master's own work never waits long for it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator
from typing import Any, Callable, TypeVar

from twisted.internet import defer

SLICE = 0.004
"""Seconds of a slice; what one step of the work takes comes on top."""

T = TypeVar("T")


def in_slices(
    work: Generator[None, None, T], clock: Any, now: Callable[[], float] = time.perf_counter
) -> defer.Deferred[T]:
    """Go through work that yields after each short step; return a Deferred of what it returns.

    ``clock`` has Twisted's ``callLater``: between two slices all that waits has its turn. ``now``: seconds.
    """
    done: defer.Deferred[T] = defer.Deferred()

    def go_on() -> None:
        end = now() + SLICE
        try:
            while now() < end:
                next(work)
        except StopIteration as ended:
            done.callback(ended.value)
        except Exception:  # noqa: BLE001  # the waiter gets it
            done.errback()
        else:
            clock.callLater(0, go_on)

    go_on()
    return done


def at_once(work: Generator[None, None, T]) -> T:
    """Go through such work without a pause; return what it returns."""
    results: list[T] = []

    def keep() -> Generator[None, None, None]:
        results.append((yield from work))

    deque(keep(), maxlen=0)
    return results[0]
