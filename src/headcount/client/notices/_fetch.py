"""One request for a collector's notices. It may block, so it runs in a thread of its own, and it ends by itself."""

from __future__ import annotations

import http.client
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from headcount.client._connection import connect, reason_of
from headcount.client._exchange import BrokenOff, Exchange
from headcount.client._proxy import CannotUse
from headcount.contract import LARGEST_NOTICES, NOTICES_PATH, read_notices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headcount.contract import Notice

_DEADLINE = 30.0  # seconds for the whole exchange
_HEADERS = {"User-Agent": "headcount"}  # the same for every installation


class NotFetched(Exception):
    """There are no notices to be had; the message says why, in the reporter's own words."""


def fetch(
    url: str,
    environment: Mapping[str, str] | None = None,
    deadline: float = _DEADLINE,
    *,
    exchange: Exchange | None = None,
) -> tuple[Notice, ...]:
    """Return the notices of the collector at ``url``, whole. The request holds nothing of the installation.

    Follows no redirect; ``exchange``: through it another thread can break it off. Raises `NotFetched`, whatever the
    collector or the network does.
    """
    exchange = Exchange() if exchange is None else exchange
    try:
        with ExitStack() as stack:
            environment = os.environ if environment is None else environment
            connection = connect(url, environment, deadline, exchange, stack)
            exchange.check()
            connection.request("GET", urlsplit(url).path.rstrip("/") + NOTICES_PATH, headers=_HEADERS)
            response = stack.enter_context(connection.getresponse())
            if response.status != http.client.OK:
                raise NotFetched(f"the collector answered with status {response.status}")
            body = response.read(LARGEST_NOTICES + 1)
    except CannotUse as error:
        raise NotFetched(str(error)) from None
    except (BrokenOff, OSError, http.client.HTTPException, ValueError) as error:
        reason = f"it took longer than {deadline:g} seconds" if exchange.late else reason_of(error)
        raise NotFetched(f"the collector could not be reached ({reason})") from None
    try:
        return read_notices(body)
    except ValueError:
        raise NotFetched("what the collector gives as notices are none") from None
