"""From the body of a request to what waits in the inbox: inflate, read, scrub, put under a pseudonym."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from headcount.contract import Arrival, InvalidReport
from headcount.ingest._bodies import NotJson, TooLarge, inflate
from headcount.ingest._configurations import Configurations
from headcount.ingest._meters import Meters
from headcount.ingest._pseudonym import Pseudonymizer

logger = logging.getLogger(__name__)

_LARGE = 64 * 1024  # bytes after inflation; a larger body is read in a thread, so that it delays nobody else's


class Unreadable(Exception):
    """Reading the body failed in a way that nobody thought of."""


Outcome = Arrival | NotJson | TooLarge | InvalidReport | Unreadable
"""What became of a body."""


class Sent(NamedTuple):
    """A body as it was sent. ``ours``: by our own reporter, and so to be read strictly."""

    body: bytes
    encoding: str
    received: int
    ours: bool
    secret: str | None = None


class Taking:
    """Takes bodies in one event loop after the other."""

    def __init__(self, pseudonymizer: Pseudonymizer, meters: Meters) -> None:
        self._meters = meters
        self._configurations = Configurations(pseudonymizer)
        # One thread: reading a body holds the interpreter, and what 8 MiB of JSON take as objects is taken once.
        self._large = ThreadPoolExecutor(1, "large-bodies")
        self._being_read: set[asyncio.Future[Outcome]] = set()

    def take(self, sent: Sent, then: Callable[[Outcome], None]) -> None:
        """Call ``then`` with what became of a body: at once, or for a large one later in the running event loop."""
        try:
            data = inflate(sent.body, sent.encoding, _LARGE)
        except TooLarge:
            later = asyncio.get_running_loop().run_in_executor(self._large, self._take_large, sent)
            self._being_read.add(later)
            later.add_done_callback(self._being_read.discard)
            later.add_done_callback(lambda done: None if done.cancelled() else then(done.result()))
        except NotJson as error:
            then(error)
        else:
            then(self._outcome(sent, data))

    async def finish(self, seconds: float) -> None:
        """Wait until the large bodies are read, and ``then`` was called; so many seconds at most."""
        if self._being_read:
            _, left = await asyncio.wait(self._being_read, timeout=seconds)
            await asyncio.sleep(0)  # the callbacks of those that were just done
            if left:
                logger.error("%d large reports were still being read, and are lost", len(left))

    def _take_large(self, sent: Sent) -> Outcome:
        return self._outcome(sent, None)

    def _outcome(self, sent: Sent, data: bytes | None) -> Outcome:
        """What becomes of a body; ``data``: it inflated, where it is that already."""
        try:
            return self._read(sent, inflate(sent.body, sent.encoding) if data is None else data)
        except (TooLarge, NotJson, InvalidReport) as error:
            return error.with_traceback(None)  # the frames hold the body
        except Exception as error:  # noqa: BLE001  # nothing that a sender sends may be seen as a failure
            # The message might hold what was sent; the type cannot.
            logger.error("a report could not be read: %s", type(error).__name__)  # noqa: TRY400
            return Unreadable()

    def _read(self, sent: Sent, data: bytes) -> Arrival:
        read = self._configurations.read(data, ours=sent.ours, received=sent.received, secret=sent.secret)
        self._meters.scrubbed(read.scrubbed)
        return read.said
