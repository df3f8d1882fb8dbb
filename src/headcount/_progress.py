"""The progress of long work, on a terminal; in a pipe nothing is written."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_QUIET = 1.0  # seconds in which nothing is said of a work
_waited_for: list[threading.Event] = []  # the works that `waiting` tells of; each is set when it has no more to tell


def show(what: str, share: float) -> None:
    """Write which part of a work is done, from 0 to 1, in place of what was written of it before."""
    if sys.stderr.isatty():
        for told in _waited_for:
            told.set()
        sys.stderr.write(f"\r{what}: {share:4.0%} " + ("\n" if share >= 1 else ""))
        sys.stderr.flush()


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Write for how long a work has gone on, once it takes more than a second, of which nobody knows how long it takes.

    It is cleared when the work ends, or where `show` says more of it.
    """
    if not sys.stderr.isatty():
        yield
        return
    ended, began = threading.Event(), time.monotonic()
    _waited_for.append(ended)
    ticking = threading.Thread(target=_tick, args=(what, began, ended), daemon=True)
    ticking.start()
    try:
        yield
    finally:
        ended.set()
        _waited_for.remove(ended)
        ticking.join()


def _tick(what: str, began: float, ended: threading.Event) -> None:
    said = ""
    while not ended.wait(_QUIET):
        said = f"{what}: {time.monotonic() - began:,.0f} s"
        sys.stderr.write(f"\r{said} ")
        sys.stderr.flush()
    if said:
        sys.stderr.write("\r" + " " * (len(said) + 1) + "\r")
        sys.stderr.flush()
