"""Reading a collector's notices after a report, in a thread that nobody waits for."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Any, Callable

from headcount.client._exchange import Exchange
from headcount.client._threads import in_thread
from headcount.client.notices._said import Said

if TYPE_CHECKING:
    from pathlib import Path

    from twisted.internet import defer

    from headcount.contract import Profile


class NoticeReader:
    """Says the notices that concern a master, each once, fetching them at most once a day.

    ``path``: where it keeps which ones were said; ``clock`` has Twisted's ``seconds``; ``say`` writes a line to the log. No
    method raises or blocks.
    """

    def __init__(self, path: Path, clock: Any, say: Callable[[str], None]) -> None:
        self._said = Said(path)
        self._clock = clock
        self._say = say
        self._exchange: Exchange | None = None

    def read(self, url: str, profile: Profile) -> defer.Deferred[None] | None:
        """Fetch the notices of the collector at ``url``, and say those that concern ``profile``.

        Returns a Deferred that fires when that is done, and never fails; None where they are being fetched already.
        """
        if self._exchange is not None:
            return None
        exchange = self._exchange = Exchange()
        done: defer.Deferred[None] = in_thread(partial(self._lines, url, profile, exchange))
        return done.addCallbacks(self._tell, self._forget, callbackArgs=(exchange,))

    def withdraw(self) -> None:
        """Break off a request that is under way, and say nothing of it."""
        if self._exchange is not None:
            self._exchange.withdraw()

    def _lines(self, url: str, profile: Profile, exchange: Exchange) -> list[str]:
        from headcount.client._get import NotFetched
        from headcount.client.notices._fetch import fetch
        from headcount.client.notices._log_lines import line
        from headcount.contract import concerned

        today = datetime.fromtimestamp(self._clock.seconds(), timezone.utc).date()
        if exchange.withdrawn or not self._said.begin(today):
            return []
        try:
            notices = fetch(url, exchange=exchange)
        except NotFetched:
            return []  # the collector has none, or is of an earlier version: nobody needs to know
        mine = tuple(notice for notice in notices if notice.until >= today and concerned(notice, profile))
        return [] if exchange.withdrawn else [line(url, notice) for notice in self._said.add(mine)]

    def _tell(self, lines: list[str], exchange: Exchange) -> None:
        self._exchange = None
        if not exchange.withdrawn:
            for each in lines:
                self._say(each)

    def _forget(self, _: object) -> None:
        self._exchange = None
