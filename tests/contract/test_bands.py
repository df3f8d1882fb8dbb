"""Numbers that are told only in bands: releases of workers, and classes behind a public one."""

from __future__ import annotations

from typing import Any

import pytest

from headcount.contract import BANDS, CUSTOM, Name, Release, band, read_report, vocabulary, worker_release
from tests.support.reports import report

KNOWN = vocabulary()


def profile(**fields: Any) -> Any:
    """Return the profile of a report with these fields."""
    return read_report(report(1, **fields), KNOWN).profile


def test_a_band_is_read_as_the_least_number_in_it() -> None:
    """Each number has one band, and the bands leave no gap."""
    assert [band(count) for count in (1, 2, 5, 6, 20, 21, 10**6)] == ["1", "2-5", "2-5", "6-20", "6-20", "21+", "21+"]
    for word, least in BANDS.items():
        assert band(least) == word
        assert profile(workers={"4.3.0": word}).workers == ((Release(4, 3, 0), least),)


def test_two_keys_that_are_cut_to_one_have_the_larger_band() -> None:
    """Whichever comes first; that something was cut is counted."""
    for order in (1, -1):
        workers = dict([("4.3.0.dev1", "21+"), ("4.3.0", "2-5"), ("4.3.0+acme", "1")][::order])
        found = profile(
            workers=workers, variety={">>buildbot.steps.shell.Test": "6-20", "buildbot.steps.shell.Test": "1"}
        )
        assert found.workers == ((Release(4, 3, 0), 21),)
        assert found.variety == ((Name("buildbot.steps.shell.Test"), 6),)
        assert found.scrubbed == (("variety", 1), ("workers", 2))


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ("4.3.0", (4, 3, 0)), ("4.9.1", (4, 9, 1)), ("0.9.0rc2", (0, 9, 0)), ("0.8.14", (0, 8, 14)), ("0.8.0", (0, 8, 0)),
        ("0.8.15", None), ("0.7.12", None), ("3.11.77", None), ("10.20.30", None), ("192.168.1.7", None), ("acme", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_release_of_a_worker_is_a_published_one(text: str, release: tuple[int, ...] | None) -> None:
    """With Buildbot's since 0.9.0, one to come, or of the 0.8 series; three numbers may be private."""
    assert worker_release(text, KNOWN) == release
    assert profile(workers={text: "1"}).workers == (() if release is None else ((Release(*release), 1),))


def test_a_class_that_was_not_published_is_told_as_custom() -> None:
    """And counted as cut, unless it says so itself."""
    assert profile(variety={CUSTOM: "2-5"}).scrubbed == ()
    found = profile(variety={"acme.Deploy": "2-5", "not a name": "1"})
    assert (found.variety, found.scrubbed) == (((Name(CUSTOM), 2),), (("variety", 2),))
    moved = profile(variety={"buildbot.config.BuilderConfig": "1"})
    assert moved.variety == ((Name("buildbot.config.builder.BuilderConfig"), 1),)


def test_hooks_and_protocols_are_words_that_were_published() -> None:
    """Another hook is `custom`, each; another protocol is `other`, once."""
    found = profile(
        hooks=["acme", "github", "acme2", "custom"], protocols=["pb", "acme", "acme2", "msgpack_experimental_v7"]
    )
    assert found.hooks == (("custom", 3), ("github", 1))
    assert found.protocols == (("msgpack", 1), ("other", 1), ("pb", 1))
    assert found.scrubbed == (("hooks", 2), ("protocols", 2))


def test_a_report_of_the_first_schema_is_read_as_before() -> None:
    """By a reporter that knew none of these fields; what its schema never had is told to it as a mistake, as before."""
    body = report(1)
    old = {key: value for key, value in body.items() if key in FIRST}
    old["headcount"] = {**body["headcount"], "schema": 1}
    found = read_report(old, KNOWN).profile
    assert (found.build, found.workers, found.variety) == (None, None, None)
    assert (found.scrubbed, found.multi_master) == ((), False)
    with pytest.raises(ValueError, match="tomorrow: is not in the catalog"):
        read_report({**old, "tomorrow": 1}, KNOWN)


FIRST = {
    "installid", "versions", "platform", "plugins", "db", "mq", "www_plugins", "builders", "multi_master",
}  # fmt: skip
