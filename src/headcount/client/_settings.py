"""The settings, and what is wrong with them."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any, Callable
from urllib.parse import urlsplit

KEY = "c['buildbotNetUsageData']"
VALUES = "None, 'basic', 'full', or a function that takes the report and returns what to send"

Function = Callable[[dict[str, Any]], Any]


class Mistake(ValueError):
    """A setting is wrong; the message is for the administrator, and says what is right."""


@dataclass(frozen=True)
class Setting:
    """Where and how much to report.

    ``level``: None, ``basic``, ``full`` or ``custom``; ``function`` is the administrator's, where it is ``custom``;
    ``assumed``: neither key nor level was given.
    """

    url: str
    level: str | None
    function: Function | None = None
    assumed: bool = False


def choose(url: Any, key: tuple[Any, ...], level: tuple[Any, ...]) -> Setting:
    """The settings, from the url, the key's value and the level; an empty tuple is one that was not given.

    Raises `Mistake`.
    """
    _check_url(url)
    for name, given in ((KEY, key), ("the level of UsageData", level)):
        if given and not _is_value(given[0]):
            raise Mistake(f"{name} must be {VALUES}; it is {_show(given[0])}")
    if key and level and key[0] != level[0]:
        raise Mistake(f"{KEY} and the level of UsageData differ: leave one of them out")
    chosen = (key or level or ("basic",))[0]
    if callable(chosen):
        return Setting(url, "custom", chosen)
    return Setting(url, chosen, assumed=not key and not level)


def _is_value(value: Any) -> bool:
    return value is None or callable(value) or (isinstance(value, str) and value in ("basic", "full"))


def _show(value: Any) -> str:
    return repr(value)[:60] if isinstance(value, (str, int, float)) else f"of type {type(value).__name__}"


def _check_url(url: Any) -> None:
    hint = "the url of UsageData must be the address of a collector, such as 'https://headcount.example.org'"
    if not isinstance(url, str):
        raise Mistake(f"{hint}; it is of type {type(url).__name__}")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise Mistake(f"{hint}: {error}") from error
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise Mistake(hint)
    if parts.scheme == "http" and not is_loopback(host):
        raise Mistake(f"{hint}: http without TLS is for a collector on this machine alone")


def is_loopback(host: str) -> bool:
    """Whether a host of a URL is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
