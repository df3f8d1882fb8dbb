"""The settings of the reporter, and the check of what ``master.cfg`` gives."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Callable
from urllib.parse import urlsplit

from headcount.client._collector import LONGEST_NAME, canonical, is_name

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "buildbotNetUsageData"
"""The administrator's key."""
KEY = f"c['{NAME}']"
SERVICE = "headcount.UsageData"
"""The name of our service in the configuration."""
VALUES = "None, 'basic', 'full', or a function that takes the report and returns what to send"
LONGEST = 366
"""The longest period of periodic reports, in days."""

Function = Callable[[dict[str, Any]], Any]


class Mistake(ValueError):
    """A setting is wrong; the message tells the administrator what would be right."""


@dataclass(frozen=True)
class Setting:
    """Where, how much, how often and under which id to report.

    ``level``: None, ``basic``, ``full`` or ``custom``; ``function``: the administrator's, for ``custom``;
    ``assumed``: neither key nor level was given; ``every``: days between periodic reports, None without
    them; ``random_id``: report under a random id, not stock's; ``collector``: the name under which the
    collector gets an id and a secret of its own; ``notices``: fetch the collector's notices; ``most``: the level,
    ``basic`` or ``full``, beyond which nothing is sent of what the function returns.
    """

    url: str
    level: str | None
    function: Function | None = None
    assumed: bool = False
    every: int | None = None
    random_id: bool = False
    collector: str = ""
    notices: bool = True
    most: str = "full"


class Configurators:
    """The ``classes`` of the configurators beside ours.

    Equal to itself alone: Buildbot compares what services are given, and a class may raise where it is compared.
    """

    def __init__(self, classes: tuple[type, ...]) -> None:
        self.classes = classes


def choose(
    url: Any,
    key: tuple[Any, ...],
    level: tuple[Any, ...],
    every: Any = None,
    id: Any = None,  # noqa: A002  # as in master.cfg
    *,
    collector: Any = None,
    notices: Any = True,
) -> Setting:
    """Return the setting that ``master.cfg`` gives; ``key`` and ``level`` are empty where it does not give
    them.

    ``collector`` names the collector, which is named by its url where it is None. Raises `Mistake`.
    """
    check_url(url)
    for name, given in ((KEY, key), ("the level of UsageData", level)):
        if given and not _is_value(given[0]):
            raise Mistake(f"{name} must be {VALUES}; it is {show(given[0])}")
    if key and level and key[0] != level[0]:
        raise Mistake(f"{KEY} and the level of UsageData differ: leave one of them out")
    if id not in (None, "random"):
        raise Mistake(f"the id of UsageData must be 'random', or left out; it is {show(id)}")
    if collector is not None and not is_name(collector):
        raise Mistake(
            f"the collector of UsageData must be a text of 1 to {LONGEST_NAME} printable characters, or left out; "
            f"it is {show(collector)}"
        )
    if not isinstance(notices, bool):
        raise Mistake(f"notices of UsageData must be True or False; it is {show(notices)}")
    chosen = (key or level or ("basic",))[0]
    name, function = ("custom", chosen) if callable(chosen) else (chosen, None)
    named = canonical(url if collector is None else collector)
    return Setting(url, name, function, not key and not level, _days(every), id == "random", named, notices)


OFF = ("0", "false", "no", "off")
ON = ("1", "true", "yes", "on")
"""The words that mean yes; `OFF` has those that mean no."""


def switched_off(environment: Mapping[str, str]) -> str | None:
    """Return what in the environment switches reporting off, such as ``HEADCOUNT=off``; None if nothing does.

    ``DO_NOT_TRACK`` does with any value that is not empty and does not mean no; ``HEADCOUNT`` does with any
    that is not empty and does not mean yes: ``on``, ``1``, ``true`` or ``yes``, in any case of letters.
    """
    if environment.get("DO_NOT_TRACK", "").strip().lower() not in ("", *OFF):
        return "DO_NOT_TRACK"
    headcount = environment.get("HEADCOUNT", "").strip()
    return None if headcount.lower() in ("", *ON) else f"HEADCOUNT={headcount[:40]}"


def _is_value(value: Any) -> bool:
    return value is None or callable(value) or (isinstance(value, str) and value in ("basic", "full"))


def _days(every: Any) -> int | None:
    if every is None:
        return None
    day = timedelta(days=1)
    if not isinstance(every, timedelta) or every % day or not day <= every <= LONGEST * day:
        raise Mistake(
            f"every of UsageData must be a number of whole days from 1 to {LONGEST}, such as timedelta(days=7); "
            f"it is {str(every)[:60] if isinstance(every, timedelta) else show(every)}"
        )
    return every // day


def show(value: Any) -> str:
    """Return a value for a message: of text and numbers the value, no longer than 60 characters, of all else the type."""
    return repr(value)[:60] if isinstance(value, (str, int, float)) else f"of type {type(value).__name__}"


def check_url(url: Any, of: str = "of UsageData") -> None:
    """Raise `Mistake` where a value is no url of a collector; ``of`` says in its message which url it is."""
    hint = f"the url {of} must be the address of a collector, such as 'https://headcount.example.org'"
    if not isinstance(url, str):
        raise Mistake(f"{hint}; it is of type {type(url).__name__}")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise Mistake(f"{hint}: {error}") from error
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment or "@" in parts.netloc:
        raise Mistake(hint)
    if parts.scheme == "http" and not is_loopback(host):
        raise Mistake(f"{hint}: http without TLS is for a collector on this machine alone")


def is_loopback(host: str) -> bool:
    """Return whether the host of a URL is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
