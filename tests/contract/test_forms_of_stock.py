"""Every form in which a release of stock Buildbot from 0.9.0 on says what it says: a corpus, beside the captures.

``forms.json``: since which release, what is odd, the body, and what must be read out of it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from headcount.contract import read_stock, vocabulary
from tests.support.profiles import from_canonical

FORMS = json.loads((Path(__file__).parent / "forms.json").read_text())
VOCABULARY = vocabulary()


@pytest.mark.parametrize("form", FORMS, ids=[f"{form['since']}: {form['what']}" for form in FORMS])
def test_a_form_is_read(form: Any) -> None:
    """Into the same public words, whichever release said it; nothing private is left."""
    report = read_stock(form["body"], VOCABULARY)
    profile = report.profile
    for name, expected in form["says"].items():
        found = getattr(report if name in ("repeated", "install") else profile, name)
        assert (str(found) if name == "buildbot" and found is not None else found) == expected, name
    assert "manhattan" not in profile.canonical().decode()
    assert from_canonical(profile.canonical()) == profile


def test_a_report_that_is_repeated_is_the_same_report() -> None:
    """What stock adds to a report that it sends again over plain HTTP changes no profile."""
    (form,) = (form for form in FORMS if form["body"].get("buggySSL"))
    first = {key: value for key, value in form["body"].items() if key != "buggySSL"}
    assert read_stock(form["body"], VOCABULARY).profile == read_stock(first, VOCABULARY).profile


JANITOR = ("buildbot/configurators/janitor/LogChunksJanitor", "buildbot/configurators/janitor/BuildDataJanitor")
BESIDE = (
    "buildbot/worker/local/LocalWorker",
    "buildbot/schedulers/timed/Nightly",
    "buildbot/schedulers/forcesched/ForceScheduler",
)
BUILDER = "buildbot/config/builder/BuilderConfig"
GIT = "buildbot/steps/source/git/Git"


def read(
    plugins: dict[str, int] | None, builders: list[list[str]] | None
) -> tuple[dict[str, int] | None, int | None, object]:
    """Return the plugins of a stock report by wire name, how many builders it has, and whether a janitor was taken out."""
    body = {"db": "sqlite", **({} if plugins is None else {"plugins": plugins})}
    profile = read_stock(body if builders is None else {**body, "builders": builders}, VOCABULARY).profile
    counted = (
        None if profile.plugins is None else {name.wire.replace(".", "/"): count for name, count in profile.plugins}
    )
    kept = None if profile.pipelines is None else sum(count for _, count in profile.pipelines)
    return counted, kept, profile.janitor


def test_the_builder_of_the_janitor_is_taken_out_with_what_belongs_to_it() -> None:
    """Its steps, one worker and two schedulers; what the administrator has of the same classes stays."""
    steps = [[GIT], [*JANITOR]]
    plugins = {GIT: 1, BUILDER: 2, **dict.fromkeys(JANITOR, 1), **dict.fromkeys(BESIDE, 1), BESIDE[1]: 3}
    assert read(plugins, steps) == ({GIT: 1, BUILDER: 1, BESIDE[1]: 2}, 1, True)
    assert read(plugins, None) == ({GIT: 1, BUILDER: 1, BESIDE[1]: 2}, None, True), "at `basic`"
    assert read(None, steps) == (None, 1, True), "a function dropped the plugins"


def test_a_janitor_without_what_belongs_to_it_is_taken_out_as_far_as_it_is_there() -> None:
    """No count goes below none: a function may have dropped some, and an early release added no `ForceScheduler`."""
    assert read({JANITOR[0]: 1, BUILDER: 1, BESIDE[0]: 1}, [[JANITOR[0]]]) == ({}, 0, True)
    assert read({JANITOR[0]: 1}, None) == ({}, None, True)


def test_a_janitor_step_in_a_builder_of_the_administrators_stays() -> None:
    """A builder that does something else too was not added; nor was one without steps, or over a class of their own."""
    kinds: tuple[list[list[str]], ...] = ([[JANITOR[0], GIT]], [[]], [[f">>{JANITOR[0]}"]])
    for builders in kinds:
        plugins = {JANITOR[0]: 1, GIT: 1, BUILDER: 1, BESIDE[0]: 1}
        assert read(plugins, builders) == (plugins, 1, None)
    assert read({f">>{JANITOR[0]}": 1, BUILDER: 1}, None) == ({f">>{JANITOR[0]}": 1, BUILDER: 1}, None, None)
