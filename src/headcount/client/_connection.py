"""The connection to a collector, by the proxy that is configured and with TLS.

The socket is ours from the start, so that the whole exchange (proxy, TLS, response) can be broken off.
"""

from __future__ import annotations

import http.client
import ssl
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from headcount.client._capped import CappedResponse
from headcount.client._proxy import proxy_for

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from headcount.client._exchange import Exchange

SHOWN = 500
"""The most characters of what another side said that are logged."""

_SILENCE = 30.0  # seconds without a byte


def connect(
    url: str, environment: Mapping[str, str], deadline: float, exchange: Exchange, stack: ExitStack
) -> http.client.HTTPConnection:
    """Return a connection to the collector at ``url``, which ``stack`` closes; ``exchange`` breaks it off after ``deadline``
    seconds.

    ``environment``: the settings of proxies. Raises `CannotUse`, `BrokenOff`, OSError, HTTPException and ValueError.
    """
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


def reason_of(error: Exception) -> str:
    """Return why an exchange failed, for the log."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return (text or type(error).__name__)[:SHOWN]
