"""One exchange with the collector. It may block, so it runs in a thread of its own."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import socket
import ssl
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from headcount.client._settings import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT = 30.0  # seconds without a byte
_REPLY = 64 * 1024  # bytes of a reply that are read
_SHOWN = 500  # characters of a reply that are logged
_PATH = "/v1/reports"


class Outcome(NamedTuple):
    """What became of a report: ``accepted``, ``refused`` (it never will be) or ``later`` (it may be sent again)."""

    kind: str
    detail: str = ""


def post(url: str, body: bytes, environment: Mapping[str, str] | None = None) -> Outcome:
    """Post a body, gzipped. Never raises for what the collector or the network does; follows no redirect."""
    request = urllib.request.Request(  # noqa: S310  # the settings allow https, and http to loopback
        url.rstrip("/") + _PATH,
        gzip.compress(body, mtime=0),
        {"Content-Type": "application/json", "Content-Encoding": "gzip", "User-Agent": "headcount"},
    )
    proxies = _proxies(url, os.environ if environment is None else environment)
    tls = urllib.request.HTTPSHandler(context=ssl.create_default_context())
    opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies), tls, _NoRedirect())
    try:
        with opener.open(request, timeout=TIMEOUT) as response:
            return _outcome(response.status, b"")
    except urllib.error.HTTPError as error:
        with error:
            return _outcome(error.code, _read(error))
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        return Outcome("later", f"the collector could not be reached ({_plain(str(reason))})")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _proxies(url: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The proxy for a URL: for https ``https_proxy``, else ``http_proxy``, else ``all_proxy``; none for ``no_proxy``.

    That ``http_proxy`` keeps a report from leaving is what the announcement of this feature promised.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    names = ("https_proxy", "http_proxy", "all_proxy") if parts.scheme == "https" else ("http_proxy", "all_proxy")
    found = [environment.get(name) or environment.get(name.upper()) for name in names]
    proxy = next((one for one in found if one), None)
    exempt = {"no": environment.get("no_proxy") or environment.get("NO_PROXY") or ""}
    bypassed = urllib.request.proxy_bypass_environment(host, exempt)  # type: ignore[attr-defined]  # not in its stub
    if proxy is None or is_loopback(host) or bypassed:
        return {}
    return {parts.scheme: proxy}


def _read(response: Any) -> bytes:
    try:
        data: bytes = response.read(_REPLY)
    except (OSError, http.client.HTTPException, socket.timeout):
        return b""
    return data


def _outcome(status: int, reply: bytes) -> Outcome:
    if status == http.client.ACCEPTED:
        return Outcome("accepted")
    if status in (http.client.BAD_REQUEST, http.client.REQUEST_ENTITY_TOO_LARGE):
        return Outcome("refused", _problems(reply) or f"status {status}")
    return Outcome("later", f"the collector answered with status {status}")


def _problems(reply: bytes) -> str:
    try:
        problems = json.loads(reply)["problems"]
        return _plain("; ".join(f"{problem['where']} {problem['what']}" for problem in problems))
    except (ValueError, KeyError, TypeError):
        return ""


def _plain(text: str) -> str:
    """Text of another's for our log: bounded, on one line."""
    return "".join(character if character.isprintable() else " " for character in text[:_SHOWN])
