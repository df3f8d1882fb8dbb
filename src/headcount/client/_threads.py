"""Threads for work that may block: daemons, so that the master stops without waiting for them."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any, Callable

from twisted.internet import defer, reactor


def in_thread(work: Callable[[], Any]) -> defer.Deferred[Any]:
    """Do work in a thread; return a Deferred of its result or exception, which fires in the reactor's thread."""
    done: defer.Deferred[Any] = defer.Deferred()

    def run() -> None:
        try:
            result, fire = work(), done.callback
        except BaseException as error:  # noqa: BLE001  # the waiter gets any exception, SystemExit too
            result, fire = error, done.errback
        with suppress(OSError):  # the reactor is gone, and the waiter with it
            reactor.callFromThread(fire, result)

    try:
        threading.Thread(target=run, name="headcount", daemon=True).start()
    except RuntimeError as error:  # the system has no more threads
        done.errback(error)
    return done
