"""Notices: what maintainers tell masters of a certain configuration, each of which judges by itself whether it is meant.

A collector publishes them as JSON, the same bytes for everybody, with their conditions in a form that needs the standard
library alone: ``["all", …]``, ``["any", …]`` and ``["not", …]`` of conditions, ``["is", what, value, …]``, which is true
where one of the values is there, and ``["range", what, low, high]`` of releases as `Release.number` writes them, from
``low`` to below ``high``, either of which may be null.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Callable, Optional, Union

from headcount.contract._releases import Release
from headcount.contract._wire import LONGEST_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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

DEEPEST = 32
"""The most conditions within each other."""

MOST_NODES = 200
"""The most conditions of one notice, those within others included."""

NoticeCondition = tuple[Any, ...]
"""A condition as the JSON has it, with tuples for its lists."""

_LINE = re.compile(r"[!-~](?:[ -~]*[!-~])?", re.ASCII)
_PATH = re.compile(r"[A-Za-z0-9._~/-]*(?:#[A-Za-z0-9._~-]+)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_YEARS = (2020, 2200)
_KEYS = {"text", "link", "until", "setter", "since", "condition"}
_JOINTS = ("all", "any")
_MOST_VALUES = 20
_BEYOND = 1000**3  # more than the number of any release


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
    if not isinstance(whole, dict) or whole.keys() != {"notices", "items"} or not _is_number(whole["notices"], 1, 1):
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
    return _judge(notice.condition, profile)


def _judge(condition: NoticeCondition, profile: Profile) -> bool | None:
    """Judge by Kleene's three-valued logic, as the warehouse does."""
    word = condition[0]
    if word == "not":
        judged = _judge(condition[1], profile)
        return None if judged is None else not judged
    if word in _JOINTS:
        decisive = word == "any"  # one part that is so settles it
        parts = {_judge(part, profile) for part in condition[1:]}
        return decisive if decisive in parts else None if None in parts else not decisive
    if word == "is":
        held = _VALUES[condition[1]](profile)
        return None if held is None else any(value in condition[2:] for value in held)
    numbers, (low, high) = _RELEASES[condition[1]](profile), condition[2:]
    if numbers is None:
        return None
    return any((low or 0) <= number and (high is None or number < high) for number in numbers)


_Held = Optional[Sequence[Union[str, bool]]]  # None where the field was not answered
_Numbers = Optional[Sequence[int]]


def _one(attribute: str) -> Callable[[Profile], _Held]:
    def read(profile: Profile) -> _Held:
        value = getattr(profile, attribute)
        return None if value is None else (value,)

    return read


def _counted(attribute: str) -> Callable[[Profile], _Held]:
    """Return what reads words, or the bases of names: what it is a subclass of is used too."""

    def read(profile: Profile) -> _Held:
        counts = getattr(profile, attribute)
        return None if counts is None else [thing if isinstance(thing, str) else thing.base for thing, _ in counts]

    return read


def _plugins_at_full(profile: Profile) -> _Held:
    """Return the plugins of a report that counts those kinds too which only full reports of ours count."""
    return _counted("plugins")(profile) if profile.sender == "headcount" and profile.level != "basic" else None


def _distribution(profile: Profile) -> _Held:
    """Return the distribution with its version, and without."""
    return None if profile.distro is None else (profile.distro, profile.distro.partition(":")[0])


def _release(attribute: str) -> Callable[[Profile], _Numbers]:
    def read(profile: Profile) -> _Numbers:
        release: Release | None = getattr(profile, attribute)
        return None if release is None else (release.number,)

    return read


def _worker_releases(profile: Profile) -> _Numbers:
    return None if profile.workers is None else [release.number for release, _ in profile.workers]


def _server_release(profile: Profile) -> _Numbers:
    """Return the version of the database's server, ``15`` or ``8.0``, as `Release.number` would write it."""
    if profile.server is None:
        return None
    major, _, minor = profile.server.partition(".")
    return (Release(int(major), int(minor or 0), 0).number,)


_WORDS = ("db", "driver", "mq", "build", "system", "machine", "kernel", "implementation", "multi_master")
_COUNTED = ("plugins", "www", "configurators", "factories", "hooks", "protocols")

_VALUES: Mapping[str, Callable[[Profile], _Held]] = {
    **{attribute: _one(attribute) for attribute in _WORDS},
    **{attribute: _counted(attribute) for attribute in _COUNTED},
    "plugins at full": _plugins_at_full,
    "distro": _distribution,
}
"""What ``is`` looks at: attributes of a profile, but for one."""

_RELEASES: Mapping[str, Callable[[Profile], _Numbers]] = {
    **{attribute: _release(attribute) for attribute in ("buildbot", "python", "twisted", "sqlalchemy")},
    "workers": _worker_releases,
    "server": _server_release,
}
"""What ``range`` looks at."""


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
        condition=_condition(item["condition"], DEEPEST, [MOST_NODES]),
        setter=_line(item["setter"], LONGEST_SETTER),
        since=since,
    )


def _line(value: object, most: int) -> str:
    if not isinstance(value, str) or len(value) > most or _LINE.fullmatch(value) is None:
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


def _condition(value: object, depth: int, left: list[int]) -> NoticeCondition:
    """Read a condition; ``depth``: how deep it may be; ``left``: how many conditions there may be still."""
    left[0] -= 1
    if not depth or left[0] < 0:
        raise ValueError(f"a condition has {DEEPEST} others within each other at most, and {MOST_NODES} in all")
    if not isinstance(value, list) or len(value) < 2 or not isinstance(value[0], str):
        raise ValueError("a condition is a list of a word and what belongs to it")
    word, *parts = value
    if word in _JOINTS or (word == "not" and len(parts) == 1):
        return (word, *(_condition(part, depth - 1, left) for part in parts))
    what, *values = parts
    if isinstance(what, str) and _FITS.get(word, _fits_nothing)(what, values):
        return (word, what, *values)
    raise ValueError("a condition is none of those that there are")


def _fits_nothing(what: str, values: list[object]) -> bool:
    return False


def _fits_is(what: str, values: list[object]) -> bool:
    right = _is_flag if what == "multi_master" else _is_word
    return what in _VALUES and 1 <= len(values) <= _MOST_VALUES and all(map(right, values))


def _fits_range(what: str, values: list[object]) -> bool:
    return what in _RELEASES and len(values) == 2 and all(end is None or _is_number(end, 0, _BEYOND) for end in values)


_FITS: Mapping[str, Callable[[str, list[object]], bool]] = {"is": _fits_is, "range": _fits_range}
"""Of each comparison, whether there may be such values of what it compares."""


def _is_number(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_word(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT and _LINE.fullmatch(value) is not None
