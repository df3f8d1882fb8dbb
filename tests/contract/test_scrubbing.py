"""Scrubbing a report before it leaves: what is public is in it, in one form and order, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.contract import CATALOG, KEYS, read_report, scrub, vocabulary

KNOWN = vocabulary()
ENVELOPE = {"schema": 2, "vocabulary": "2026.11.24", "report": "0" * 32, "level": "custom", "reason": "start"}
WHOLE: dict[str, Any] = {
    "installid": "a" * 40,
    "versions": {"Buildbot": "4.3.0", "Python": "3.11.2", "Twisted": "24.3.0", "SQLAlchemy": "2.0.31"},
    "platform": {
        "system": "Linux", "machine": "x86_64", "distro": "debian:12", "version": "6.1",
        "python_implementation": "CPython",
    },
    "db": "sqlite",
    "mq": "simple",
    "plugins": {"buildbot.steps.shell.ShellCommand": 3, ">>buildbot.steps.shell.ShellCommand": 1, ">>custom": 2},
    "www_plugins": ["console_view", "custom", "custom"],
    "builders": [["buildbot.steps.shell.ShellCommand"], ["buildbot.steps.shell.ShellCommand"], []],
    "multi_master": False,
    "build": "local",
    "workers": {"4.3.0": "2-5", "0.8.14": "21+"},
    "db_driver": "psycopg2",
    "db_server": "15",
    "hooks": ["custom", "custom", "github"],
    "protocols": ["msgpack", "null", "pb"],
    "configurators": {"buildbot.configurators.janitor.JanitorConfigurator": 1, "custom": 1},
    "factories": {"buildbot.process.factory.BuildFactory": 3, ">>buildbot.process.factory.BuildFactory": 1},
    "variety": {"buildbot.steps.shell.ShellCommand": "1", "custom": "2-5"},
}  # fmt: skip


def test_what_is_public_stays() -> None:
    """Each field of the catalog; and scrubbing it again changes nothing."""
    report, left_out, unknown = scrub(WHOLE, KNOWN)
    assert (left_out, unknown) == ((), 0)
    assert {**report, "builders": sorted(WHOLE["builders"])} == {**WHOLE, "builders": report["builders"]}
    assert scrub(report, KNOWN).report == report


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("versions.Python", "3.11.2+acme"),
        ("versions.Python", "3.11.2.192"),
        ("versions.Python", ["3.11.2"]),
        ("versions.Buildbot", "4.471.108"),
        ("platform.system", "Acme"),
        ("platform.distro", "debian:12-acme"),
        ("platform.version", "6.1.0-acme"),
        ("db", "postgresql.corp.example"),
        ("db", 5),
        ("db", None),
        ("mq", {"simple": "acme"}),
        ("plugins", {"buildbot.steps.shell.ShellCommand": 1, "acme.Deploy": 1}),
        ("plugins", {">>acme.Deploy": 1}),
        ("plugins", {"buildbot.steps.shell.ShellCommand": 1.5}),
        ("plugins", {"buildbot.steps.shell.ShellCommand": 0}),
        ("plugins", ["buildbot.steps.shell.ShellCommand"]),
        ("www_plugins", ["acme_view"]),
        ("build", "acme"),
        ("workers", {"4.3.0": 3}),
        ("workers", {"4.3.0": "3"}),
        ("workers", {"4.3.0-acme": "1"}),
        ("workers", {"10.20.30": "1"}),
        ("workers", {"acme": "1"}),
        ("workers", ["4.3.0"]),
        ("db_driver", "acmesql"),
        ("db_server", "15-acme"),
        ("db_server", "15.4.112"),
        ("db_server", "2024"),
        ("db_server", 15),
        ("hooks", ["acme_hook"]),
        ("hooks", {"github": {}}),
        ("protocols", ["pb", "acme"]),
        ("protocols", ["pb", 4]),
        ("configurators", {"acme.Configurator": 1}),
        ("factories", {">>acme.Factory": 1}),
        ("variety", {"buildbot.steps.shell.ShellCommand": 7}),
        ("variety", {">>buildbot.steps.shell.ShellCommand": "1"}),
        ("variety", {"acme.Deploy": "1"}),
        ("www_plugins", [["console_view"]]),
        ("builders", [["buildbot.steps.shell.ShellCommand", "acme.Deploy"]]),
        ("builders", [["buildbot.steps.shell.ShellCommand", ["acme"]]]),
        ("multi_master", "false"),
        ("installid", "acme"),
        ("platform", "acme"),
    ],
)
def test_a_field_that_is_not_public_is_left_out_whole(path: str, value: object) -> None:
    """Not cut, not folded into another word: what is left of it might be wrong, and nobody would know."""
    body = json.loads(json.dumps(WHOLE))
    section, _, key = path.rpartition(".")
    (body[section] if section else body)[key] = value
    report, left_out, unknown = scrub(body, KNOWN)
    assert (left_out, unknown) == ((path,), 0)
    assert "acme" not in json.dumps(report)
    if section:
        assert key not in report[section]  # type: ignore[operator]  # it is a section
    else:
        assert key not in report


@pytest.mark.parametrize("add", [{"acme": 1, "contact": "acme"}, {"versions": {"Acme": "1", "OpenSSL": "3"}}])
def test_keys_that_no_field_has_are_counted(add: dict[str, Any]) -> None:
    """And are not in the report."""
    report, left_out, unknown = scrub({**WHOLE, **add}, KNOWN)
    assert (left_out, unknown) == ((), 2)
    assert report.keys() <= KEYS


def test_the_order_says_nothing() -> None:
    """Of keys, of sets that JSON has as lists, and of builders; spellings of one name and one number are one."""
    shuffled: dict[str, Any] = {
        key: dict(reversed(value.items())) if isinstance(value, dict) else value
        for key, value in reversed(WHOLE.items())
    }
    shuffled["builders"] = WHOLE["builders"][::-1]
    shuffled["www_plugins"] = WHOLE["www_plugins"][::-1]
    shuffled["plugins"] = {key.replace(".", "/"): value for key, value in shuffled["plugins"].items()}
    shuffled["versions"]["Twisted"] = "024.03"
    assert json.dumps(scrub(shuffled, KNOWN).report) == json.dumps(scrub(WHOLE, KNOWN).report)


def test_a_number_has_a_range() -> None:
    """A count that could hold a text is the largest count."""
    (count,) = scrub({"plugins": {"buildbot.steps.shell.ShellCommand": 10**300}}, KNOWN).report["plugins"].values()  # type: ignore[attr-defined]
    assert count == 1_000_000


TEXTS = st.text() | st.sampled_from(
    ["4.3.0", "4.3.0+zq", "sqlite", "zq", "debian:12", "debian:zq", "6.1", "buildbot.steps.shell.Test", ">>zq.A",
     "buildbot/steps/shell/Test", "console_view", "a" * 40, "x86_64", "amd64", "custom"]
)  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
NESTED = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=10
)
PLACES = st.sampled_from([field.path for field in CATALOG] + ["installid", "zq", "versions.zq", "platform.zq"])


@settings(max_examples=400)
@given(st.dictionaries(PLACES, NESTED), st.dictionaries(TEXTS | st.sampled_from(sorted(KEYS)), NESTED, max_size=3))
def test_no_text_gets_through_that_is_not_public(placed: dict[str, Any], more: dict[str, Any]) -> None:
    """Whatever stands wherever; and the collector finds nothing to scrub in what is left, and nothing to refuse."""
    body: dict[str, Any] = {}
    for path, value in placed.items():
        section, _, key = path.rpartition(".")
        (body.setdefault(section, {}) if section else body)[key] = value
    report = json.loads(json.dumps(scrub({**body, **more}, KNOWN).report))
    assert read_report({**report, "headcount": ENVELOPE}, KNOWN).profile.scrubbed == ()
    for field in CATALOG:
        section, _, key = field.path.rpartition(".")
        value = (report.get(section, {}) if section else report).get(key)
        for text in _texts(value):
            assert field.form.holds(text, KNOWN), field.path


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(text for inner in value.values() for text in _texts(inner))]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []
