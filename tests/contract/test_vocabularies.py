"""Reporters and collectors of different vocabularies: each report is taken, and what one side does not know is no name."""

from __future__ import annotations

import dataclasses

import pytest

from headcount.contract import CUSTOM, Name, Release, Vocabulary, parse_release, read_report, read_stock, vocabulary
from tests.support.reports import report

NOW = vocabulary()
NIX, PYTEST = "buildbot_nix.nix_build.NixBuildCommand", "bb_pytest.step.Pytest"
THEN = dataclasses.replace(
    NOW,
    version="2026.11.24",
    kinds={path: kind for path, kind in NOW.kinds.items() if not path.startswith(("buildbot_nix.", "bb_pytest."))},
    moved={path: newest for path, newest in NOW.moved.items() if not path.startswith("buildbot_nix.")},
    www=NOW.www - {"dbconfig"},
    earlier={},
    names_read={},
    words_read={},
)
"""The vocabulary without packages that were taken into it later."""


def of_next_release(known: Vocabulary) -> Vocabulary:
    """Return a vocabulary that knows one release more, and that the version of ``known`` did not."""
    newest = Release(known.newest.major, known.newest.minor + 1, 0)
    earlier = {**known.earlier, known.version: known.newest}
    return dataclasses.replace(known, version="2099.01.01", releases=known.releases | {newest}, earlier=earlier)


def test_a_collector_takes_a_report_with_names_that_it_does_not_know() -> None:
    """Of our reporter and of stock: accepted, the classes counted as private ones, and how many values is told."""
    plugins = {NIX: 2, f">>{PYTEST}": 1, "buildbot.steps.source.git.Git": 1}
    body = report(1, plugins=plugins, builders=[[NIX]], www_plugins=["dbconfig", "grid_view"])
    for read in (read_report, read_stock):
        now, then = read(body, NOW).profile, read(body, THEN).profile
        assert dict(now.plugins or ()) == {
            Name(NIX): 2, Name(PYTEST, 1): 1, Name("buildbot.steps.source.git.Git"): 1,
        }  # fmt: skip
        assert dict(then.plugins or ()) == {
            Name(CUSTOM): 2, Name(CUSTOM, 1): 1, Name("buildbot.steps.source.git.Git"): 1,
        }  # fmt: skip
        assert now.scrubbed == () or read is read_stock
        assert {"plugins", "builders", "www_plugins"} <= dict(then.scrubbed).keys()


def test_a_reporter_of_an_older_vocabulary_calls_a_class_by_its_ancestor() -> None:
    """The same class has its own name once both sides know it, under the path that it had and the one that it has."""
    step = type("NixBuildCommand", (type("ShellMixin", (), {"__module__": "buildbot.process.buildstep"}),), {})
    for module in ("buildbot_nix", "buildbot_nix.nix_build"):
        step.__module__ = module
        assert NOW.name_of(step) == Name(NIX)
        assert THEN.name_of(step) == Name("buildbot.process.buildstep.ShellMixin", 1)
        assert THEN.kind(THEN.name_of(step).base) == NOW.kind(NIX) == "step"


@pytest.mark.parametrize(
    ("reporters", "behind"), [(NOW.version, True), ("2026.11.24", True), ("2099.01.01", False), (None, False)]
)
def test_a_master_that_is_newer_than_its_reporters_vocabulary_is_known(reporters: str | None, behind: bool) -> None:
    """Its new classes look private, whatever the collector knows; those of a stock master are read by the collector."""
    later = of_next_release(NOW)
    assert later.is_behind(later.newest, reporters) is behind
    assert not later.is_behind(NOW.newest, reporters)
    assert NOW.is_behind(later.newest, reporters)  # the collector is the older one


def test_all_vocabularies_before_this_one_know_a_release() -> None:
    """Or a reporter that is years old would be taken for a new one."""
    assert NOW.earlier["2026.11.24"] == parse_release("4.3.0")
