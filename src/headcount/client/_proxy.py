"""The proxy for a report. A proxy that is configured is never bypassed."""

from __future__ import annotations

import base64
import urllib.request
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from headcount.client._settings import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

_PORT = 80


class CannotUse(Exception):
    """The configured proxy cannot be used; the message names the setting, and not its value."""


class Proxy(NamedTuple):
    """The address of a proxy, and the headers that it asks for."""

    host: str
    port: int
    headers: dict[str, str]


def proxy_for(url: str, environment: Mapping[str, str]) -> Proxy | None:
    """Return the proxy for an ``https`` URL: ``https_proxy``, else ``http_proxy``, else ``all_proxy``, less
    ``no_proxy``.

    The announcement of this feature promised that ``http_proxy`` keeps a report from leaving. Names in
    upper case count where those in lower case are missing. This machine itself needs no proxy. Raises
    `CannotUse`.
    """
    host = urlsplit(url).hostname or ""
    exempt = {"no": environment.get("no_proxy") or environment.get("NO_PROXY") or ""}
    if is_loopback(host) or urllib.request.proxy_bypass_environment(host, exempt):  # type: ignore[attr-defined]  # no stub
        return None
    for name in ("https_proxy", "http_proxy", "all_proxy"):
        value = environment.get(name) or environment.get(name.upper())
        if value:
            return _read(name, value)
    return None


def _read(name: str, value: str) -> Proxy:
    wrong = CannotUse(f"{name} must name an HTTP proxy, such as http://proxy.example.org:3128")
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme != "http" or not host:
        raise wrong
    headers = {}
    if parts.username is not None:
        credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers["Proxy-Authorization"] = "Basic " + base64.b64encode(credentials).decode()
    return Proxy(host, port or _PORT, headers)
