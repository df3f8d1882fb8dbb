"""One exchange with the collector. It may block, so it runs in a thread of its own, and it ends by itself.

It is broken off at its deadline, however slow the other side is, and as soon as the report is withdrawn.
"""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from headcount.client._connection import SHOWN, connect, reason_of
from headcount.client._exchange import BrokenOff, Exchange
from headcount.client._proxy import CannotUse
from headcount.contract import REPORTS_PATH, SECRET_HEADER

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEADLINE = 60.0  # seconds for the whole exchange
_REPLY = 64 * 1024  # bytes of a reply that are read
_MOST = 10_000_000  # installations that a collector may say that it counts
_WEEK = re.compile(r"\d{4}-W\d{2}", re.ASCII)
_LONGEST_WAIT = 24 * 3600  # seconds that a collector may ask us to wait


class Counted(NamedTuple):
    """How many ``installations`` a collector counted in its last publication, of a ``week`` such as ``2026-W47``."""

    installations: int
    week: str


class Outcome(NamedTuple):
    """The outcome of posting a report.

    ``kind``: ``accepted``, ``refused`` (the report is never sent again) or ``later`` (it may be sent
    again). ``detail``: the reason, for the log. ``wait``: the least number of seconds after which the
    collector wants the report again. ``counted``: of an accepted report, what the collector says of how many it counts.
    """

    kind: str
    detail: str = ""
    wait: float = 0.0
    counted: Counted | None = None


def post(
    url: str,
    body: bytes,
    secret: str | None = None,
    environment: Mapping[str, str] | None = None,
    deadline: float = _DEADLINE,
    *,
    exchange: Exchange | None = None,
) -> Outcome:
    """Post a body, gzipped. Returns an outcome whatever the collector or the network does; follows no redirect.

    ``exchange``: through it another thread can withdraw the report while it is posted.
    """
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip", "User-Agent": "headcount"}
    if secret is not None:
        headers[SECRET_HEADER] = secret
    exchange = Exchange() if exchange is None else exchange
    try:
        packed = gzip.compress(body, mtime=0)
        with ExitStack() as stack:
            environment = os.environ if environment is None else environment
            connection = connect(url, environment, deadline, exchange, stack)
            exchange.check()
            connection.request("POST", urlsplit(url).path.rstrip("/") + REPORTS_PATH, packed, headers)
            return _outcome(connection.getresponse())
    except CannotUse as error:
        return Outcome("later", str(error))
    except (BrokenOff, OSError, http.client.HTTPException, ValueError) as error:
        if exchange.withdrawn:
            return Outcome("later", "it was withdrawn")
        reason = f"it took longer than {deadline:g} seconds" if exchange.late else reason_of(error)
        return Outcome("later", f"the collector could not be reached ({reason})")


def _outcome(response: http.client.HTTPResponse) -> Outcome:
    status = response.status
    if status == http.client.ACCEPTED:
        return Outcome("accepted", counted=_counted(_read(response)))
    if status in (http.client.BAD_REQUEST, http.client.REQUEST_ENTITY_TOO_LARGE):
        return Outcome("refused", _problems(_read(response)) or f"status {status}")
    return Outcome("later", f"the collector answered with status {status}", _wait(response.headers.get("Retry-After")))


def _read(response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read(_REPLY)
    except (OSError, http.client.HTTPException):
        return b""


def _wait(text: str | None) -> float:
    seconds = int(text) if text is not None and text.isdecimal() and len(text) < 10 else 0
    return float(min(seconds, _LONGEST_WAIT))


def _counted(reply: bytes) -> Counted | None:
    """Read what came with an acceptance: None for anything but a number and a week, whatever it is."""
    try:
        said = json.loads(reply)
        counted, week = said["counted"], said["week"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if type(counted) is not int or not 0 <= counted <= _MOST or not isinstance(week, str) or not _WEEK.fullmatch(week):
        return None
    return Counted(counted, week)


def _problems(reply: bytes) -> str:
    try:
        problems = json.loads(reply)["problems"]
        return "; ".join(f"{problem['where']} {problem['what']}" for problem in problems)[:SHOWN]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
