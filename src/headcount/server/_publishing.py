"""Publishing each week once it is over, in a thread of its own."""

from __future__ import annotations

import logging
import math
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from headcount.questions import Publication, TooFew
from headcount.server._background import background
from headcount.server.data.publications import Publications, Withheld
from headcount.warehouse import Warehouse, WarehouseUnavailable

logger = logging.getLogger(__name__)

_PAUSE = 1.0  # seconds between two looks at the calendar
_PATIENCE = 60.0  # seconds after which a week that could not be published is tried again
_FOLLOW = 60.0  # seconds between two looks at what others published
_LATER = (TooFew, Withheld, WarehouseUnavailable, sqlite3.Error, OSError)


@contextmanager
def publishing(
    publications: Publications,
    warehouse: Warehouse,
    k: int,
    settle: Callable[[], object],
    *,
    trusted: Callable[[], bool],
    tell: Callable[[Publication], None] = lambda _: None,
    follow: Callable[[], None] | None = None,
    pause: float = _PAUSE,
) -> Iterator[None]:
    """While the context lasts, publish each week once it is over, while the clock is trusted.

    ``settle`` loads all reports that wait; ``trusted`` returns whether the clock did not step of late; ``tell`` is called
    with each publication, that of the week at the start too; ``follow`` fetches what others published, where others do;
    ``pause``: seconds between two looks at the calendar.
    """

    def run(stop: threading.Event) -> None:
        published, wait = "", pause
        followed = -math.inf
        while not stop.wait(wait):
            wait = pause
            if follow is not None and time.monotonic() - followed >= _FOLLOW:
                followed = time.monotonic()
                with suppress(WarehouseUnavailable, OSError):
                    follow()
            if not trusted() or publications.due() == published:
                continue
            try:
                publication = publications.publish(warehouse, k, settle)[0]
                published = publication.week
                tell(publication)
            except _LATER:
                wait = _PATIENCE
            except Exception:
                logger.exception("the week could not be published; it is tried again")
                wait = _PATIENCE

    with background("publisher", run):
        yield
