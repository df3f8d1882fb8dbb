"""Notices: what maintainers tell masters of a certain configuration, each of which judges by itself whether it is meant.

A collector publishes them as JSON, the same bytes for everybody.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from headcount.contract._conditions import LINE, NoticeCondition, judge, read_condition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headcount.contract._report import Profile

NOTICES_PATH = "/public/notices.json"
"""Where a collector serves its notices."""

LARGEST_NOTICES = 16 * 1024
"""The most bytes of all notices."""

MOST_NOTICES = 10
"""The most notices at a time."""

LONGEST_NOTICE = 200
"""The most characters of a notice's text, and of its link."""

LONGEST_SETTER = 100
"""The most characters of who set a notice."""

LONGEST_TERM = timedelta(days=366)
"""The longest time from the day on which a notice is set to its last day."""

NOTICE_LINKS = (
    "https://buildbot.net/", "https://www.buildbot.net/", "https://docs.buildbot.net/", "https://github.com/buildbot/",
)  # fmt: skip
"""How the link of a notice may begin: with an address that belongs to the project."""

_PATH = re.compile(r"[A-Za-z0-9._~/-]*(?:#[A-Za-z0-9._~-]+)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_YEARS = (2020, 2200)
_KEYS = {"text", "link", "until", "setter", "since", "condition"}


@dataclass(frozen=True)
class Notice:
    """A notice. ``text``: printable ASCII, at most `LONGEST_NOTICE` characters; ``link``: begins as one of `NOTICE_LINKS`,
    without a query; ``until``: its last day, UTC; ``condition``: of whom it is true, they are concerned; ``setter`` and
    ``since``: who set it, and on which day.
    """

    text: str
    link: str
    until: date
    condition: NoticeCondition
    setter: str
    since: date


def read_notices(body: bytes) -> tuple[Notice, ...]:
    """Read the notices of a collector, which may be hostile.

    Raises ValueError, whatever the bytes are, for anything that this form and its bounds do not have.
    """
    if len(body) > LARGEST_NOTICES:
        raise ValueError(f"notices have {LARGEST_NOTICES:,} bytes at most")
    try:
        whole = json.loads(body.decode("ascii"))
    except RecursionError:
        raise ValueError("notices are not nested as deep as this") from None
    if (
        not isinstance(whole, dict)
        or whole.keys() != {"notices", "items"}
        or type(whole["notices"]) is not int
        or whole["notices"] != 1
    ):
        raise ValueError('notices are an object with "notices", which is 1, and "items"')
    items = whole["items"]
    if not isinstance(items, list) or len(items) > MOST_NOTICES:
        raise ValueError(f'"items" is a list of {MOST_NOTICES} notices at most')
    return tuple(map(_notice, items))


def write_notices(notices: Iterable[Notice]) -> bytes:
    """Return the JSON of notices, of which `read_notices` makes the same ones; raise ValueError where it would refuse it."""
    items = [
        {**vars(notice), "until": notice.until.isoformat(), "since": notice.since.isoformat()} for notice in notices
    ]
    body = json.dumps({"notices": 1, "items": items}, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"
    read_notices(body)
    return body


def concerned(notice: Notice, profile: Profile) -> bool | None:
    """Return whether a notice's condition is true of the profile of a full report; None where that is not known."""
    return judge(notice.condition, profile)


def _notice(item: object) -> Notice:
    if not isinstance(item, dict) or item.keys() != _KEYS:
        raise ValueError(f"a notice is an object with {', '.join(sorted(_KEYS))}")
    since, until = _day(item["since"]), _day(item["until"])
    if not since <= until <= since + LONGEST_TERM:
        raise ValueError("a notice ends within a year of the day on which it is set")
    return Notice(
        text=_line(item["text"], LONGEST_NOTICE),
        link=_link(item["link"]),
        until=until,
        condition=read_condition(item["condition"]),
        setter=_line(item["setter"], LONGEST_SETTER),
        since=since,
    )


def _line(value: object, most: int) -> str:
    if not isinstance(value, str) or len(value) > most or LINE.fullmatch(value) is None:
        raise ValueError(f"text is printable ASCII, {most} characters at most, without a space at its ends")
    return value


def _link(value: object) -> str:
    link = _line(value, LONGEST_NOTICE)
    start = next((start for start in NOTICE_LINKS if link.startswith(start)), None)
    if start is None:
        raise ValueError(f"a link begins with one of {', '.join(NOTICE_LINKS)}")
    path = link[len(start) :]
    if _PATH.fullmatch(path) is None or {".", ".."} & {*path.partition("#")[0].split("/")}:
        raise ValueError("after that a link has letters, digits and . _ ~ / -, and perhaps a fragment, and no query")
    return link


def _day(value: object) -> date:
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        raise ValueError("a day is written as 2027-03-31")
    day = date.fromisoformat(value)
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        raise ValueError(f"a day is of the years from {_YEARS[0]} to {_YEARS[1]}")
    return day
