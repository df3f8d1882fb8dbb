"""Twisted's reactor, running in a thread of the tests: it can be started once in a process."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any, Callable

from tests.support.waiting import wait_until


@lru_cache(maxsize=1)
def _running() -> Any:
    from twisted.internet import reactor

    threading.Thread(target=reactor.run, args=(False,), name="reactor", daemon=True).start()
    wait_until(lambda: bool(reactor.running), "the reactor runs")
    return reactor


def in_reactor(work: Callable[..., Any], *arguments: Any) -> Any:
    """Call something in the reactor's thread; wait for its result, or for that of the Deferred that it returns."""
    from twisted.internet import threads

    return threads.blockingCallFromThread(_running(), work, *arguments)
