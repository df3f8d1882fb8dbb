"""One request for what a collector gives to everybody. It may block, and it ends by itself."""

from __future__ import annotations

import http.client
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from headcount.client._capped import LARGEST, CappedResponse
from headcount.client._connection import connect, reason_of
from headcount.client._exchange import BrokenOff, Exchange
from headcount.client._proxy import CannotUse

if TYPE_CHECKING:
    from collections.abc import Mapping

DEADLINE = 30.0
"""Seconds for a whole exchange."""

_HEADERS = {"User-Agent": "headcount"}  # the same for every installation


class NotFetched(Exception):
    """Nothing is to be had; the message says why, in the reporter's own words.

    ``status``: that of the collector's answer, where it is why.
    """

    def __init__(self, why: str, status: int | None = None) -> None:
        super().__init__(why)
        self.status = status


def get(
    url: str,
    path: str,
    most: int,
    environment: Mapping[str, str] | None = None,
    deadline: float = DEADLINE,
    *,
    exchange: Exchange | None = None,
) -> bytes:
    """Return what the collector at ``url`` has at a path, and one byte more than ``most`` at most.

    The request holds nothing of the installation, and no redirect is followed. ``exchange``: through it another thread can
    break it off. Raises `NotFetched`, whatever the collector or the network does.
    """

    class Response(CappedResponse):
        largest = most + LARGEST  # the rest is for the head

    exchange = Exchange() if exchange is None else exchange
    try:
        with ExitStack() as stack:
            environment = os.environ if environment is None else environment
            connection = connect(url, environment, deadline, exchange, stack)
            connection.response_class = Response
            exchange.check()
            connection.request("GET", urlsplit(url).path.rstrip("/") + path, headers=_HEADERS)
            response = stack.enter_context(connection.getresponse())
            if response.status != http.client.OK:
                raise NotFetched(f"the collector answered with status {response.status}", response.status)
            body: bytes = response.read(most + 1)
    except CannotUse as error:
        raise NotFetched(str(error)) from None
    except (BrokenOff, OSError, http.client.HTTPException, ValueError) as error:
        reason = f"it took longer than {deadline:g} seconds" if exchange.late else reason_of(error)
        raise NotFetched(f"the collector could not be reached ({reason})") from None
    return body
