"""Work that goes on in a thread of its own while a server runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def background(name: str, work: Callable[[threading.Event], object]) -> Iterator[None]:
    """While the context lasts, do ``work`` in a thread; it is to end soon after the event that it is given is set."""
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(stop,), name=name)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
