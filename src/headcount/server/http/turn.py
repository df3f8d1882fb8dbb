"""The turn of a request: replies leave in the order in which requests came."""

from __future__ import annotations

from headcount.ingest import Exchange, header
from headcount.server.http.application import RequestBody
from headcount.server.http.requests import Request


class Turn:
    """A request, in the order in which replies leave."""

    __slots__ = ("bare", "expects", "handover", "last", "receiver", "reply")

    def __init__(self, request: Request, *, last: bool) -> None:
        """``last``: the connection ends after the reply."""
        self.last = last
        self.bare = request.method == b"HEAD"
        self.expects = request.version == "1.1" and (header(request.headers, b"expect") or "").lower() == "100-continue"
        self.receiver: Exchange | RequestBody
        self.reply: bytes | None = None
        self.handover: bytes | None = None

    def let_go(self) -> Exchange | RequestBody:
        """Return what takes the body, and hold it no longer, since it refers to this turn."""
        receiver = self.receiver
        del self.receiver
        return receiver
