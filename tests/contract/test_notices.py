"""What a collector serves as notices is read strictly, and judged in three values."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from headcount.contract import (
    LARGEST_NOTICES,
    Name,
    Notice,
    Profile,
    Release,
    concerned,
    read_notices,
    write_notices,
)  # fmt: skip

ITEM: dict[str, Any] = {
    "text": "CVS goes with Buildbot 5.0: tell us if you need it",
    "link": "https://github.com/buildbot/buildbot/issues/1",
    "until": "2027-06-30",
    "condition": ["is", "plugins", "buildbot.steps.source.cvs.CVS"],
    "setter": "the maintainers",
    "since": "2026-11-30",
}
PROFILE = Profile(
    "headcount",
    "full",
    buildbot=Release(4, 3, 0),
    distro="debian:12",
    server="15",
    plugins=((Name("buildbot.steps.source.cvs.CVS", 1), 2), (Name("custom"), 1)),
    workers=((Release(3, 11, 0), 1), (Release(4, 3, 0), 5)),
    protocols=(("pb", 1),),
    multi_master=False,
)


def body(*items: Any) -> bytes:
    """Return the JSON of some items."""
    return json.dumps({"notices": 1, "items": items}).encode()


def is_refused(bytes_: bytes) -> bool:
    """Return whether these are no notices; an error of another type is raised."""
    try:
        read_notices(bytes_)
    except ValueError:
        return True
    return False


def judge(*condition: Any, profile: Profile = PROFILE) -> bool | None:
    """Return what a notice with that condition says of a profile."""
    (notice,) = read_notices(body({**ITEM, "condition": condition}))
    return concerned(notice, profile)


def test_notices_are_read_as_they_were_written() -> None:
    """What is read is what was written, and it is written again as the same bytes."""
    (notice,) = read_notices(body(ITEM))
    assert notice == Notice(
        ITEM["text"], ITEM["link"], date(2027, 6, 30), tuple(ITEM["condition"]), ITEM["setter"], date(2026, 11, 30)
    )
    assert read_notices(write_notices([notice])) == (notice,)
    assert write_notices(read_notices(write_notices([notice] * 10))) == write_notices([notice] * 10)


@pytest.mark.parametrize(
    "change",
    [
        {"text": "two\nlines"}, {"text": "\x1b[31mred"}, {"text": "caf\u00e9"}, {"text": "x" * 201}, {"text": ""},
        {"text": " x"}, {"text": None}, {"text": ["x"]}, {"text": "a\u2028b"}, {"setter": "a\rb"}, {"setter": "x" * 101},
        {"link": "http://buildbot.net/"}, {"link": "https://evil.example/"}, {"link": "https://buildbot.net.evil.example/"},
        {"link": "https://buildbot.net@evil.example/"}, {"link": "https://buildbot.net/?id=1"}, {"link": 1},
        {"link": "https://github.com/evil/x"}, {"link": "https://github.com/buildbot/../evil"},
        {"link": "https://buildbot.net/%0a"}, {"link": "https://buildbot.net/#"}, {"link": "https://buildbot.net/ x"},
        {"until": "2026-11-29"}, {"until": "2027-12-02"}, {"until": "2027-02-30"}, {"until": "20270630"}, {"until": 1},
        {"until": "0001-01-01", "since": "0001-01-01"}, {"until": "9999-12-31", "since": "9999-12-31"},
        {"condition": []}, {"condition": ["all"]}, {"condition": ["not"]}, {"condition": ["not", ["all"]]},
        {"condition": ["is", "plugins"]}, {"condition": ["is", "installid", "x"]}, {"condition": ["is", "plugins", 1]},
        {"condition": ["is", "plugins", ["x"]]}, {"condition": ["is", "multi_master", "true"]}, {"condition": "x"},
        {"condition": ["is", [], "x"]}, {"condition": ["range", {}, 1, 2]}, {"condition": [["is"], "x"]},
        {"condition": ["is", "plugins", *["x"] * 21]}, {"condition": ["is", "scrubbed", "x"]},
        {"condition": ["range", "python", 1]}, {"condition": ["range", "python", True, 2]},
        {"condition": ["range", "python", 1.5, 2]}, {"condition": ["range", "python", -1, 2]},
        {"condition": ["range", "python", 1, 10**30]}, {"condition": ["range", "db", 1, 2]}, {"condition": None},
        {"condition": ["all", *[["is", "db", "mysql"]] * 200]}, {"more": 1},
    ],
    ids=repr,
)  # fmt: skip
def test_a_notice_that_is_off_is_refused(change: dict[str, Any]) -> None:
    """Every bound of a notice holds: text, link, days, who set it, condition and keys."""
    assert is_refused(body({**ITEM, **change}))


@pytest.mark.parametrize(
    "bytes_",
    [
        b"", b"null", b"[]", b"{}", b'{"notices": 2, "items": []}', b'{"notices": true, "items": []}', b"\xff\xfe{\x00}\x00",
        b'{"notices": 1, "items": {}}', b'{"notices": 1, "items": [1]}', b"[" * LARGEST_NOTICES, b'{"a":' * 3000,
        b"1" * LARGEST_NOTICES, b" " * LARGEST_NOTICES + body(), body(*[ITEM] * 11), "{\u00e9}".encode(),
    ],
    ids=lambda bytes_: repr(bytes_[:40]),
)  # fmt: skip
def test_other_bytes_are_refused(bytes_: bytes) -> None:
    """What is no list of notices, is too long or too many, or is nested without an end, raises nothing but ValueError."""
    assert is_refused(bytes_)


def test_a_condition_is_as_deep_as_the_bound() -> None:
    """A condition of the greatest depth is read and judged; one deeper is refused."""
    deep: Any = ["is", "db", "mysql"]
    for _ in range(31):
        deep = ["not", deep]
    assert judge(*deep) is None
    assert is_refused(body({**ITEM, "condition": ["not", deep]}))


_JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text()
    | some.sampled_from(["all", "any", "not", "is", "range", "plugins", "python", "notices", "items", *ITEM]),
    lambda inner: some.lists(inner) | some.dictionaries(some.text() | some.sampled_from([*ITEM]), inner),
    max_leaves=20,
)  # fmt: skip


@given(some.sampled_from([*ITEM]), _JSON)
def test_no_value_raises_another_error(key: str, value: Any) -> None:
    """Any JSON in any place is a notice, whose condition can be judged, or a ValueError."""
    try:
        (notice,) = read_notices(body({**ITEM, key: value}))
    except ValueError:
        return
    assert concerned(notice, PROFILE) in (True, False, None)


@given(some.binary())
def test_no_bytes_raise_another_error(bytes_: bytes) -> None:
    """Any bytes are notices or a ValueError."""
    try:
        read_notices(bytes_)
    except ValueError:
        return


def test_a_condition_is_true_false_or_not_known() -> None:
    """What the profile answered decides; what it left out is not known, and neither is its contrary."""
    assert judge("is", "plugins", "buildbot.steps.source.cvs.CVS") is True
    assert judge("is", "plugins", "buildbot.steps.source.svn.SVN") is False
    assert judge("is", "plugins", "buildbot.steps.source.svn.SVN", "custom") is True
    assert judge("is", "db", "mysql") is None
    assert judge("not", ["is", "db", "mysql"]) is None
    assert judge("not", ["is", "protocols", "msgpack"]) is True
    assert judge("is", "distro", "debian") is judge("is", "distro", "debian:12") is True
    assert judge("is", "distro", "debian:1") is judge("is", "multi_master", True) is False
    assert judge("range", "buildbot", 4_003_000, None) is judge("range", "buildbot", None, 4_003_001) is True
    assert judge("range", "buildbot", None, 4_003_000) is False
    assert judge("range", "python", 0, None) is None
    assert judge("range", "workers", None, 4_000_000) is judge("range", "server", 15_000_000, 16_000_000) is True


def test_what_is_not_known_decides_nothing() -> None:
    """`all` is false where one part is, and `any` is true where one is, whatever is not known beside it."""
    yes, no, unknown = ["is", "protocols", "pb"], ["is", "protocols", "null"], ["is", "db", "mysql"]
    assert [judge("all", yes, part) for part in (yes, no, unknown)] == [True, False, None]
    assert [judge("any", no, part) for part in (yes, no, unknown)] == [True, False, None]
    assert judge("all", unknown, no) is False
    assert judge("any", unknown, yes) is True


def test_kinds_that_only_full_reports_count_are_not_known_of_others() -> None:
    """A class of a kind that basic reports do not count is not known there, and of stock never."""
    condition = ("is", "plugins at full", "buildbot.secrets.providers.file.SecretInAFile")
    plugins = PROFILE.plugins
    assert judge(*condition) is False
    assert judge(*condition, profile=Profile("headcount", "custom", plugins=plugins)) is False
    assert judge(*condition, profile=Profile("headcount", "basic", plugins=plugins)) is None
    assert judge(*condition, profile=Profile("stock", "full", plugins=plugins)) is None
    assert judge(*condition, profile=Profile("headcount", "full")) is None
