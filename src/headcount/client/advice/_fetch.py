"""Requests for what a collector gives to everybody: the same ones, whichever master is advised."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from headcount._refused import Refused
from headcount.client._get import NotFetched, get
from headcount.client._settings import is_loopback
from headcount.client.advice._publication import LARGEST_PUBLICATION, PUBLICATION_PATH, read_publication

if TYPE_CHECKING:
    from headcount.client.advice._publication import Published


def publication(url: str) -> Published | None:
    """Return the newest publication of the collector at ``url``, fetched whole; None where it has published nothing yet.

    Follows no redirect. Raises `Refused`, whatever the collector or the network does.
    """
    checked(url)
    try:
        return read(get(url, PUBLICATION_PATH, LARGEST_PUBLICATION))
    except NotFetched as error:
        if error.status == http.client.NOT_FOUND:
            return None
        advice = "" if error.status is None else ": give the address of one with --url"
        raise Refused(f"{printable(str(error))}{advice}.") from None


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
