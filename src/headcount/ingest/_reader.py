"""The reader of bodies: inflates and reads each one, and makes an arrival of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from headcount.contract import LARGEST_BODY, Arrival, InvalidReport
from headcount.ingest._bodies import NotJson, TooLarge, inflate
from headcount.ingest._configurations import Configurations
from headcount.ingest._meters import Meters
from headcount.ingest._pseudonym import Pseudonymizer

logger = logging.getLogger(__name__)

_LARGE = 64 * 1024  # bytes after inflation; a larger body is read in a thread, so that it delays nobody else's
_MOST = 32  # large bodies that may wait to be read
_MOST_OF_BLOCK = 4  # of them, from one block of addresses


class Unreadable(Exception):
    """Reading the body failed in an unforeseen way."""


class Busy(Exception):
    """As many large bodies wait to be read as may wait, in all or of one sender's block."""


Outcome = Arrival | NotJson | TooLarge | InvalidReport | Unreadable | Busy
"""What a body was read as."""

Then = Callable[[Outcome, int], None]
"""Told the outcome of a body, and how many bytes it had after inflation."""


class Submission(NamedTuple):
    """A body as its sender submitted it.

    ``sender``: the block of addresses that it came from; ``ours``: our own reporter sent it, so it is read strictly.
    """

    body: bytes
    sender: bytes | None
    encoding: str
    received: int
    ours: bool
    secret: str | None = None


class BodyReader:
    """Reads bodies. It may serve several event loops, one after the other."""

    def __init__(self, pseudonymizer: Pseudonymizer, meters: Meters) -> None:
        self._meters = meters
        self._configurations = Configurations(pseudonymizer)
        # One thread: reading a body holds the interpreter, and only one body of 8 MiB takes its memory as objects.
        self._thread = ThreadPoolExecutor(1, "large-bodies")
        self._pending: dict[asyncio.Future[tuple[Outcome, int]], bytes | None] = {}

    def read(self, submission: Submission, then: Then) -> None:
        """Call ``then`` with the outcome: at once, or for a large body later in the running event loop."""
        try:
            data = inflate(submission.body, submission.encoding, _LARGE)
        except TooLarge:
            self._read_later(submission, then)
        except NotJson as error:
            then(error, 0)
        else:
            then(self._outcome(submission, data), len(data))

    def _read_later(self, submission: Submission, then: Then) -> None:
        waiting = self._pending.values()
        if len(waiting) >= _MOST or sum(sender == submission.sender for sender in waiting) >= _MOST_OF_BLOCK:
            then(Busy(), 0)
            return

        def read(done: asyncio.Future[tuple[Outcome, int]]) -> None:
            del self._pending[done]
            if not done.cancelled():
                then(*done.result())

        later = asyncio.get_running_loop().run_in_executor(self._thread, self._read_large, submission)
        self._pending[later] = submission.sender
        later.add_done_callback(read)

    async def finish(self, seconds: float) -> None:
        """Wait until the large bodies are read and each ``then`` was called, for so many seconds at most."""
        if self._pending:
            _, left = await asyncio.wait(self._pending, timeout=seconds)
            await asyncio.sleep(0)  # the callbacks of those that were just done
            if left:
                logger.error("%d large reports were still being read, and are lost", len(left))

    def _read_large(self, submission: Submission) -> tuple[Outcome, int]:
        try:
            data = inflate(submission.body, submission.encoding)
        except (TooLarge, NotJson) as error:
            return error.with_traceback(None), LARGEST_BODY  # inflating it took as long as if it were that large
        return self._outcome(submission, data), len(data)

    def _outcome(self, submission: Submission, data: bytes) -> Outcome:
        """Return the outcome of a body. ``data``: the body inflated."""
        try:
            return self._arrival(submission, data)
        except (NotJson, InvalidReport) as error:
            return error.with_traceback(None)  # the frames hold the body
        except Exception as error:  # noqa: BLE001  # nothing that a sender sends may be seen as a failure
            # The message might hold what was sent; the type cannot.
            logger.error("a report could not be read: %s", type(error).__name__)  # noqa: TRY400
            return Unreadable()

    def _arrival(self, submission: Submission, data: bytes) -> Arrival:
        configuration = self._configurations.read(
            data, ours=submission.ours, received=submission.received, secret=submission.secret
        )
        self._meters.scrubbed(configuration.scrubbed)
        return configuration.arrival
