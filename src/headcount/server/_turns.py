"""Work that only so much of goes on at once, so that what all share is left for reports."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Busy(Exception):
    """What was asked for is not done now; the message is a sentence that says why, and when to ask again."""


class Turns:
    """So many turns at once, and so many threads that wait for one. Safe in any thread."""

    def __init__(self, at_once: int, waiting: int, what: str) -> None:
        """``what``: what is done in turns, in the plural, for the sentence of `Busy`."""
        self._free = threading.Semaphore(at_once)
        self._room = threading.Semaphore(at_once + waiting)
        self._what = what

    @contextmanager
    def turn(self, *, wait: bool = True) -> Iterator[None]:
        """Hold a turn while the context lasts.

        Raises `Busy` where too many wait; without ``wait`` also where none is free.
        """
        if not self._room.acquire(blocking=False):
            raise self._busy()
        try:
            if not self._free.acquire(blocking=wait):
                raise self._busy()
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._room.release()

    def _busy(self) -> Busy:
        return Busy(f"too many {self._what} wait already: ask again in a minute")
