"""Ingest: serves requests to the two endpoints for reports."""

from __future__ import annotations

from collections.abc import Callable

from headcount.contract import PHONE_HOME_PATH
from headcount.ingest._drops import Drops
from headcount.ingest._exchanges import Exchange, PhoneHomeExchange, Receipt, ReportsExchange, Services
from headcount.ingest._gate import Gate
from headcount.ingest._messages import Head, Reply
from headcount.ingest._meters import Meters
from headcount.ingest._newcomers import Newcomers
from headcount.ingest._pseudonym import Pseudonymizer
from headcount.ingest._reader import BodyReader
from headcount.ingest._writer import Writer


class Ingest:
    """Serves requests to `headcount.contract.PATHS`."""

    def __init__(
        self,
        writer: Writer,
        pseudonymizer: Pseudonymizer,
        now: Callable[[], float],
        gate: Gate | None = None,
        meters: Meters | None = None,
    ) -> None:
        """``now`` returns Unix time in seconds."""
        gate = Gate() if gate is None else gate
        meters = Meters() if meters is None else meters
        reader = BodyReader(pseudonymizer, meters)
        self.newcomers = Newcomers()
        """Marks the reports of one installation too many of a block."""
        self.receipt = Receipt()
        """What reporters are told of reports that were accepted."""
        drops = Drops()
        self._services = Services(writer, pseudonymizer, now, gate, meters, reader, drops, self.newcomers, self.receipt)

    def begin(self, head: Head, reply: Callable[[Reply], None]) -> Exchange:
        """Begin with a request, in a running event loop.

        ``reply`` is called in that loop, once, unless the sender goes away before.
        """
        kind = PhoneHomeExchange if head.path == PHONE_HOME_PATH else ReportsExchange
        return kind(self._services, head, reply)

    async def finish(self, seconds: float) -> None:
        """Wait for bodies that are still being read, for so many seconds at most."""
        await self._services.reader.finish(seconds)
