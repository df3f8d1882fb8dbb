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

    The announcement of this feature promised that ``http_proxy`` keeps a report from leaving. The case of
    the names' letters counts as in ``urllib``. This machine itself needs no proxy. Raises `CannotUse`.
    """
    host = urlsplit(url).hostname or ""
    values = _values(environment)
    exempt = {"no": values.get("no_proxy", "")}
    if is_loopback(host) or urllib.request.proxy_bypass_environment(host, exempt):  # type: ignore[attr-defined]  # no stub
        return None
    for name in ("https_proxy", "http_proxy", "all_proxy"):
        if name in values:
            return _read(name, values[name])
    return None


def _values(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of proxies by their names in lower case, as ``urllib.request.getproxies`` reads them.

    A name in any case counts; one that ends in ``_proxy`` goes before others, and unsets them where it is empty.
    """
    given = [(name, value) for name, value in environment.items() if name.lower().endswith("_proxy")]
    values = {name.lower(): value for name, value in given if value}
    values.update((name.lower(), value) for name, value in given if name.endswith("_proxy"))
    return {name: value for name, value in values.items() if value}


def _read(name: str, value: str) -> Proxy:
    wrong = CannotUse(f"{name} must name an HTTP proxy, such as http://proxy.example.org:3128")
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme != "http" or not host or "@" in parts.path + parts.query + parts.fragment:
        raise wrong  # the last: a password with an unescaped slash, which makes the user's name the host
    headers = {}
    if parts.username is not None:
        credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers["Proxy-Authorization"] = "Basic " + base64.b64encode(credentials).decode()
    return Proxy(host, port or _PORT, headers)
