"""The levels of a report."""

from __future__ import annotations

from headcount.contract import CATALOG, at_basic

PLUGINS = {"buildbot.steps.shell.ShellCommand": 2, "custom": 1}


def test_what_basic_has_stays_as_it_is() -> None:
    """And a function that reported less lost nothing."""
    report = {"installid": "0" * 40, "versions": {"Python": "3.11.7"}, "plugins": PLUGINS, "db": "sqlite"}
    assert at_basic(report, PLUGINS) == (report, ())
    assert at_basic({}, PLUGINS) == ({}, ())


def test_each_field_beyond_basic_is_cut() -> None:
    """By its place in the report, which is left as it was."""
    report: dict[str, object] = {"db": "sqlite", "versions": {"Python": "3.11.7", "SQLAlchemy": "2.0.1"}}
    beyond = {field.path for field in CATALOG if field.level != "basic"}
    report |= {path: 1 for path in beyond if "." not in path}
    before = {**report}
    left, lost = at_basic(report, {})
    assert left == {"db": "sqlite", "versions": {"Python": "3.11.7"}}
    assert set(lost) == beyond
    assert report == before


def test_a_class_that_basic_does_not_count_is_cut() -> None:
    """And so is how often it occurs beyond what `basic` counts: the same class may stand where only `full` looks."""
    found = {"buildbot.steps.shell.ShellCommand": 5, "custom": 1, "buildbot.www.auth.UserPasswordAuth": 1}
    assert at_basic({"plugins": found}, PLUGINS) == ({"plugins": PLUGINS}, ("plugins",))
