"""The conditions of notices, in a form that is read strictly, and judged by the standard library alone.

They are ``["all", …]``, ``["any", …]`` and ``["not", …]`` of conditions; ``["is", what, value, …]``, which is true where
one of the values is there; and ``["range", what, low, high]`` of releases as `Release.number` writes them, from ``low`` to
below ``high``, either of which may be null.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Callable, Optional, Union

from headcount.contract._releases import Release
from headcount.contract._wire import LONGEST_TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headcount.contract._report import Profile

NoticeCondition = tuple[Any, ...]
"""A condition as the JSON has it, with tuples for its lists."""

_DEEPEST = 32  # conditions within each other
_MOST_NODES = 200  # conditions of one notice, those within others included

LINE = re.compile(r"[!-~](?:[ -~]*[!-~])?", re.ASCII)
"""Printable ASCII without a space at its ends."""

_JOINTS = ("all", "any")
_MOST_VALUES = 20
_BEYOND = 1000**3  # more than the number of any release


def read_condition(value: object) -> NoticeCondition:
    """Read a condition from parsed JSON; raise ValueError for anything that is none."""
    return _condition(value, _DEEPEST, [_MOST_NODES])


def judge(condition: NoticeCondition, profile: Profile) -> bool | None:
    """Return whether a condition is true of a profile by Kleene's three-valued logic; None where that is not known."""
    word = condition[0]
    if word == "not":
        judged = judge(condition[1], profile)
        return None if judged is None else not judged
    if word in _JOINTS:
        decisive = word == "any"  # one part that is so settles it
        parts = {judge(part, profile) for part in condition[1:]}
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


def _condition(value: object, depth: int, left: list[int]) -> NoticeCondition:
    """Read a condition; ``depth``: how deep it may be; ``left``: how many conditions there may be still."""
    left[0] -= 1
    if not depth or left[0] < 0:
        raise ValueError(f"a condition has {_DEEPEST} others within each other at most, and {_MOST_NODES} in all")
    if not isinstance(value, list) or len(value) < 2 or not isinstance(value[0], str):
        raise ValueError("a condition is a list of a word and what belongs to it")
    word, *parts = value
    if word in _JOINTS or (word == "not" and len(parts) == 1):
        return (word, *(_condition(part, depth - 1, left) for part in parts))
    what, *values = parts
    if isinstance(what, str) and word in _FITS and _FITS[word](what, values):
        return (word, what, *values)
    raise ValueError("a condition is none of those that there are")


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
    return isinstance(value, str) and len(value) <= LONGEST_TEXT and LINE.fullmatch(value) is not None
