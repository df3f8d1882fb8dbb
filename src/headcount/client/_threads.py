"""Work that may block, in a daemon thread of its own: nobody waits for it when the master stops."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any, Callable

from twisted.internet import defer, reactor


def in_thread(work: Callable[[], Any]) -> defer.Deferred[Any]:
    """Do work in a thread; its result, or whatever it raises, comes back in the reactor's thread."""
    done: defer.Deferred[Any] = defer.Deferred()

    def run() -> None:
        try:
            result, fire = work(), done.callback
        except BaseException as error:  # noqa: BLE001  # who waits is told, of SystemExit too
            result, fire = error, done.errback
        with suppress(OSError):  # the reactor is gone, and so is who waited
            reactor.callFromThread(fire, result)

    try:
        threading.Thread(target=run, name="headcount", daemon=True).start()
    except RuntimeError as error:  # the system has no more of them
        done.errback(error)
    return done
