"""Requests for what a collector gives to everybody: the same ones, whichever master is advised."""

from __future__ import annotations

import http.client
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from headcount._refused import Refused
from headcount.client._capped import LARGEST, CappedResponse
from headcount.client._connection import connect, reason_of
from headcount.client._exchange import BrokenOff, Exchange
from headcount.client._proxy import CannotUse
from headcount.client._settings import is_loopback
from headcount.client.advice._publication import LARGEST_PUBLICATION, PUBLICATION_PATH, read_publication

if TYPE_CHECKING:
    from headcount.client.advice._publication import Published

_DEADLINE = 20.0  # seconds for the whole exchange
_HEADERS = {"User-Agent": "headcount"}  # the same for every installation


class _Response(CappedResponse):
    largest = LARGEST_PUBLICATION + LARGEST  # the rest is for the head


def publication(url: str) -> Published | None:
    """Return the newest publication of the collector at ``url``, fetched whole; None where it has published nothing yet.

    Follows no redirect. Raises `Refused`, whatever the collector or the network does.
    """
    checked(url)
    exchange = Exchange()
    try:
        with ExitStack() as stack:
            connection = connect(url, os.environ, _DEADLINE, exchange, stack)
            connection.response_class = _Response
            connection.request("GET", urlsplit(url).path.rstrip("/") + PUBLICATION_PATH, headers=_HEADERS)
            response = stack.enter_context(connection.getresponse())
            if response.status == http.client.NOT_FOUND:
                return None
            if response.status != http.client.OK:
                raise Refused(
                    f"the collector answered with status {response.status}: give the address of one with --url."
                )
            body = response.read(LARGEST_PUBLICATION + 1)
    except CannotUse as error:
        raise Refused(f"{error}.") from None
    except (BrokenOff, OSError, http.client.HTTPException, ValueError) as error:
        reason = f"it took longer than {_DEADLINE:g} seconds" if exchange.late else reason_of(error)
        raise Refused(f"the collector could not be reached ({printable(reason)}).") from None
    return read(body)


def read(body: bytes) -> Published:
    """Return the publication that these bytes are. Raises `Refused`."""
    try:
        return read_publication(body)
    except ValueError as error:
        raise Refused(f"{error}.") from None


def checked(url: str) -> None:
    """Raise `Refused` where a url is not the address of a collector: https, or http to this machine alone."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.query or parts.fragment or "@" in parts.netloc or parts.scheme not in ("http", "https"):
        raise Refused("--url is the address of a collector, such as https://headcount.example.org.")
    if parts.scheme == "http" and not is_loopback(host):
        raise Refused("--url without TLS is for a collector on this machine alone: give it with https.")


def printable(text: str) -> str:
    """Return a text in one line of printable ASCII."""
    return "".join(letter if " " <= letter <= "~" else "?" for letter in text)
