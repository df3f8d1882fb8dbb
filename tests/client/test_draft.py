"""The draft of a report: what an administrator's function returns is scrubbed before anything leaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.internet import reactor

from headcount.client._assemble import NotSent
from headcount.client._database import Database
from headcount.client._draft import Draft
from headcount.client._files import ReportFiles
from headcount.client._settings import Setting
from headcount.client._slices import at_once
from headcount.contract import read_report, vocabulary
from tests.support.reactor import in_reactor

URL = "https://collector.invalid"
CONFIG = SimpleNamespace(mq={"type": "simple"}, www={"plugins": {"acme_eagle_view": {}}})
Function = Callable[[dict[str, Any]], Any]


def _draft(function: Function | None, basedir: Path) -> Draft:
    setting = Setting(URL, "basic" if function is None else "custom", function)
    draft = Draft(setting, ReportFiles(basedir, "master.cfg"), f"eagle:{basedir}", CONFIG, Database("sqlite"))
    draft.probe()
    at_once(draft.collect())
    draft.describe()
    return draft


def _sent(function: Function, basedir: Path) -> tuple[dict[str, Any], list[str]]:
    """Return the report and the warnings."""
    draft = _draft(function, basedir)
    in_reactor(draft.filter, reactor)
    body: dict[str, Any] = json.loads(draft.encode("start"))
    return body, draft.warnings


def test_a_function_that_changes_nothing_sends_the_full_report(tmp_path: Path) -> None:
    """With nothing left out."""
    given: list[dict[str, Any]] = []

    def keep(report: dict[str, Any]) -> dict[str, Any]:
        given.append(report)
        return report

    body, warnings = _sent(keep, tmp_path)
    envelope = body.pop("headcount")
    assert (envelope["level"], body, warnings) == ("custom", given[0], [])
    assert body["www_plugins"] == ["custom"]


def test_the_log_names_the_field_and_not_the_text(tmp_path: Path) -> None:
    """All fields in one line, each under its path."""

    def leak(report: dict[str, Any]) -> dict[str, Any]:
        report["versions"]["Python"] = "3.11.2+acme"
        return {**report, "mq": "klaus.eagle", "plugins": {"EagleBase": 1}}

    body, warnings = _sent(leak, tmp_path)
    assert warnings == ["left out, since not all in it is public as it stands: versions.Python, mq, plugins"]
    assert not {"mq", "plugins"} & body.keys()
    assert "Python" not in body["versions"]


@pytest.mark.parametrize(
    ("add", "says"),
    [
        ({"contact": "ada@corp.example"}, "the function added 1 key that the catalog of fields does not have"),
        ({"a": 1, "b": 2}, "the function added 2 keys that the catalog of fields does not have"),
        ({"versions": {"OpenSSL": "3"}}, "the function added 1 key that"),
        ({"builders": [["buildbot.steps.shell.Test"] * 30_000] * 20}, "bytes, and more than 8,388,608 are not taken"),
    ],
)
def test_what_is_no_report_is_not_sent(tmp_path: Path, add: dict[str, Any], says: str) -> None:
    """And the reason holds no key and no text of the administrator's."""
    with pytest.raises(NotSent, match=says) as error:
        _sent(lambda report: {**report, **add}, tmp_path)
    assert not [word for word in ("contact", "corp", "OpenSSL") if word in str(error.value)]


@pytest.mark.parametrize("install", ["b" * 40, "klaus", 7, None])
def test_a_function_cannot_set_the_id(tmp_path: Path, install: object) -> None:
    """It keeps the id or drops it."""
    body, warnings = _sent(lambda report: {**report, "installid": install}, tmp_path)
    assert "installid" not in body
    assert warnings == ["left out, since not all in it is public as it stands: installid"]
    kept, none = _sent(lambda report: report, tmp_path)
    assert (len(kept["installid"]), none) == (40, [])


def test_nothing_is_encoded_before_the_function_returned(tmp_path: Path) -> None:
    """Whoever asks earlier gets no report; without a function there is one at once."""
    with pytest.raises(NotSent, match="the function has not passed the report"):
        _draft(lambda report: report, tmp_path).encode("start")
    assert _draft(None, tmp_path).encode("start")


TEXTS = st.text() | st.sampled_from(
    ["klaus.eagle", "4.3.0", "buildbot.steps.shell.Test", "sqlite", "installid", "a" * 40]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=10,
)
KEYS = ("installid", "versions", "platform", "plugins", "db", "mq", "www_plugins", "builders", "multi_master")
PLACES = st.tuples(st.sampled_from(KEYS), st.none() | st.sampled_from(["Buildbot", "distro", "system", "acme"]))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(PLACES, VALUES), max_size=6))
def test_whatever_a_function_returns_the_collector_finds_nothing_to_scrub(
    tmp_path: Path, changes: list[tuple[tuple[str, str | None], Any]]
) -> None:
    """Any value at any place of the report: it is public, or is left out; or nothing is sent."""

    def function(report: dict[str, Any]) -> dict[str, Any]:
        for (key, inner), value in changes:
            holder = report.get(key)
            if inner is not None and isinstance(holder, dict):
                holder[inner] = value
            else:
                report[key] = value
        return report

    try:
        body, _ = _sent(function, tmp_path)
    except NotSent as why:
        assert "klaus" not in str(why)  # noqa: PT017  # either is right
        return
    assert read_report(body, vocabulary()).profile.scrubbed == ()
