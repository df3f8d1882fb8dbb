"""One exchange with the collector. It may block, so it runs in a thread of its own, and it ends by itself.

The socket is ours from the start, so that the whole exchange (proxy, TLS, response) can be broken off at its
deadline, however slow the other side is, and as soon as the report is withdrawn.
"""

from __future__ import annotations

import gzip
import http.client
import json
import os
import ssl
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from headcount.client._capped import CappedResponse
from headcount.client._exchange import BrokenOff, Exchange
from headcount.client._proxy import CannotUse, proxy_for
from headcount.contract import REPORTS_PATH, SECRET_HEADER

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

_DEADLINE = 60.0  # seconds for the whole exchange
_SILENCE = 30.0  # seconds without a byte
_REPLY = 64 * 1024  # bytes of a reply that are read
_SHOWN = 500  # characters of a reply that are logged
_LONGEST_WAIT = 24 * 3600  # seconds that a collector may ask us to wait


class Outcome(NamedTuple):
    """The outcome of posting a report.

    ``kind``: ``accepted``, ``refused`` (the report is never sent again) or ``later`` (it may be sent
    again). ``detail``: the reason, for the log. ``wait``: the least number of seconds after which the
    collector wants the report again.
    """

    kind: str
    detail: str = ""
    wait: float = 0.0


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
            connection = _connect(url, environment, deadline, exchange, stack)
            exchange.check()
            connection.request("POST", urlsplit(url).path.rstrip("/") + REPORTS_PATH, packed, headers)
            return _outcome(connection.getresponse())
    except CannotUse as error:
        return Outcome("later", str(error))
    except (BrokenOff, OSError, http.client.HTTPException, ValueError) as error:
        if exchange.withdrawn:
            return Outcome("later", "it was withdrawn")
        reason = f"it took longer than {deadline:g} seconds" if exchange.late else _reason(error)
        return Outcome("later", f"the collector could not be reached ({reason})")


def _connect(
    url: str, environment: Mapping[str, str], deadline: float, exchange: Exchange, stack: ExitStack
) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    proxy = proxy_for(url, environment) if secure else None  # http is allowed to this machine alone
    first = (proxy.host, proxy.port) if proxy else (host, port)
    tcp = exchange.connect(*first, silence=_SILENCE, deadline=deadline, stack=stack)
    if proxy is not None:
        _tunnel(tcp, f"[{host}]:{port}" if ":" in host else f"{host}:{port}", proxy.headers)
        exchange.check()
    if secure:
        tcp = stack.enter_context(ssl.create_default_context().wrap_socket(tcp, server_hostname=host))
    connection = http.client.HTTPConnection(host, port)
    connection.default_port = 443 if secure else 80  # the port that the Host header leaves out
    connection.response_class = CappedResponse
    connection.sock = tcp
    stack.callback(connection.close)
    return connection


def _tunnel(tcp: socket.socket, target: str, headers: Mapping[str, str]) -> None:
    connection = http.client.HTTPConnection(target)
    connection.response_class = CappedResponse
    connection.sock = tcp.dup()  # it closes its socket once it has the response
    with closing(connection):
        connection.request("CONNECT", target, headers=dict(headers))
        with connection.getresponse() as response:  # the head alone; the bytes after it belong to TLS
            if response.status != http.client.OK:
                raise OSError(f"the proxy answered with status {response.status}")


def _outcome(response: http.client.HTTPResponse) -> Outcome:
    status = response.status
    if status == http.client.ACCEPTED:
        return Outcome("accepted")
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


def _problems(reply: bytes) -> str:
    try:
        problems = json.loads(reply)["problems"]
        return "; ".join(f"{problem['where']} {problem['what']}" for problem in problems)[:_SHOWN]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _reason(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return (text or type(error).__name__)[:_SHOWN]
