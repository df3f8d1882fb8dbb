"""Bodies read into reports."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.contract import (
    CATALOG,
    CUSTOM,
    InvalidReport,
    Name,
    Release,
    public,
    read_report,
    read_stock,
    vocabulary,
)
from tests.support import captures
from tests.support.profiles import answered, from_canonical
from tests.support.reports import ENVELOPE, REPORT

VOCABULARY = vocabulary()
JANITOR = "buildbot/configurators/janitor/LogChunksJanitor"


def _changed(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(REPORT), **changes}


def _where(body: object) -> list[str]:
    with pytest.raises(InvalidReport) as caught:
        read_report(body, VOCABULARY)
    return sorted(where for where, _ in caught.value.problems)


def test_our_report_is_read_whole() -> None:
    """Every field that the catalog has arrives, and nothing is scrubbed."""
    report = read_report(REPORT, VOCABULARY)
    profile = report.profile
    assert (report.install, report.id, report.reason, report.every) == ("a" * 40, "0" * 32, "start", None)
    assert (profile.sender, profile.level, profile.vocabulary) == ("headcount", "full", "2026.11.24")
    assert (profile.buildbot, profile.sqlalchemy) == ((4, 3, 0), (2, 0, 40))
    assert (profile.distro, profile.kernel, profile.multi_master) == ("debian:12", "6.1", False)
    assert dict(profile.plugins or ())[Name(CUSTOM, 1)] == 1
    assert profile.www == (("custom", 1), ("waterfall_view", 1))
    assert len(profile.pipelines or ()) == 2
    assert profile.scrubbed == ()
    assert (profile.build, profile.driver, profile.server) == ("release", "pysqlite", "3.40")
    assert profile.workers == ((Release(0, 8, 14), 1), (Release(4, 3, 0), 2))
    assert profile.hooks == (("custom", 1), ("github", 1))
    assert profile.protocols == (("null", 1), ("pb", 1))
    assert profile.factories == tuple((Name("buildbot.process.factory.BuildFactory", depth), 1) for depth in (0, 1))
    assert profile.variety == ((Name("buildbot.steps.trigger.Trigger"), 1), (Name(CUSTOM), 1))
    assert profile.janitor is None
    assert len(answered(profile)) == 24


def test_all_problems_are_named_at_once() -> None:
    """One answer for one body: each wrong value is named by its path, none is repeated."""
    wrong = _changed(
        installid="my-host",
        versions={"Buildbot": 4, "Secret": "x"},
        plugins={"buildbot.steps.shell.Test": "hidden", "a": True},
        www_plugins=[1],
        builders=[["x", None]],
        secret="hidden",
        headcount={"schema": 1, "report": "hidden", "extra": 1},
    )
    assert _where(wrong) == [
        "builders[0]", "headcount.extra", "headcount.level", "headcount.reason", "headcount.report",
        "headcount.vocabulary", "installid", "plugins['a']", "plugins['buildbot.steps.shell.Test']", "secret",
        "versions.Buildbot", "versions.Secret", "www_plugins[0]",
    ]  # fmt: skip
    with pytest.raises(InvalidReport) as caught:
        read_report(wrong, VOCABULARY)
    assert "hidden" not in str(caught.value)
    assert "my-host" not in str(caught.value)


@pytest.mark.parametrize("body", [None, [], "text", 7, True])
def test_what_is_no_object_is_no_report(body: object) -> None:
    """From either sender."""
    assert _where(body) == [""]
    with pytest.raises(InvalidReport):
        read_stock(body, VOCABULARY)


def test_an_object_without_any_key_of_a_report_is_none() -> None:
    """Stock's endpoint gets whatever robots send."""
    with pytest.raises(InvalidReport, match="no key of a report"):
        read_stock({"jsonrpc": "2.0"}, VOCABULARY)


def test_problems_without_end_are_counted() -> None:
    """A body may hold millions of wrong values: a hundred alike are named, and how many more there are."""
    with pytest.raises(InvalidReport) as caught:
        read_report(_changed(www_plugins=[0] * 100_000, contact=1), VOCABULARY)
    problems = caught.value.problems
    assert len(problems) == 102
    assert ("contact", "is not in the catalog of fields") in problems
    assert ("", "99,900 more like it: must be a string, not a number") in problems


def test_what_cannot_be_a_release_of_buildbot_is_not_taken_for_one() -> None:
    """Three numbers may be a part of an address: what is neither a release nor newer than the newest is scrubbed."""
    for text, expected in (("192.168.1", None), ("3.11.4", None), ("4.9.1", (4, 9, 1)), ("0.9.0rc2-1-gabc", (0, 9, 0))):
        versions = {**REPORT["versions"], "Buildbot": text}
        profile = read_report(_changed(versions=versions), VOCABULARY).profile
        assert profile.buildbot == expected
        assert dict(profile.scrubbed).get("versions.Buildbot", 0) == (expected is None)


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("versions.Buildbot", "4.3", True), ("versions.Buildbot", "4.3.0-acme", False), ("versions.Python", "", False),
        ("platform.distro", "debian:12", True), ("platform.distro", "debian:acme", False),
        ("platform.distro", "other", True), ("platform.version", "6.1", True), ("platform.version", "6.1-acme", False),
        ("db", "postgres", True), ("db", "acmedb", False), ("multi_master", "true", False),
        ("plugins", "buildbot/steps/source/git/Git", True), ("plugins", ">>custom", True), ("plugins", "acme.Git", False),
        ("builders", ">>buildbot.config.BuilderConfig", True), ("www_plugins", "acme", False),
        ("www_plugins", "waterfall_view", True),
    ],
)  # fmt: skip
def test_a_text_is_public_as_it_is_or_not(path: str, text: str, expected: bool) -> None:
    """To the letter: what would be cut to a public form is not public."""
    (form,) = (field.form for field in CATALOG if field.path == path)
    assert form.holds(text, VOCABULARY) == expected


def test_a_newer_schema_may_hold_more() -> None:
    """An old server takes a new reporter's report, less what it does not know."""
    newer = _changed(tomorrow=[1], headcount={**ENVELOPE, "schema": 3, "mood": "fine"})
    assert read_report(newer, VOCABULARY).profile.buildbot == (4, 3, 0)


@pytest.mark.parametrize("schema", [1, 2, 3])
@pytest.mark.parametrize("level", ["basic", "full"])
def test_the_janitor_is_taken_out_where_our_reporter_still_counted_it(level: str, schema: int) -> None:
    """Since schema 2 it leaves out its objects itself, so that a step of the Janitor's is the administrator's."""
    step = "buildbot.configurators.janitor.LogChunksJanitor"
    body: dict[str, object] = {
        "plugins": {"buildbot.config.builder.BuilderConfig": 1, step: 1},
        "headcount": {**ENVELOPE, "schema": schema, "level": level},
    }
    if level == "full":
        body["builders"] = [[step]]
    profile = read_report(body, VOCABULARY).profile
    assert profile.janitor == (schema == 1)
    assert len(profile.plugins or ()) == (0 if schema == 1 else 2)
    assert len(profile.pipelines or ()) == int(level == "full" and schema > 1)


def test_a_function_may_leave_things_out() -> None:
    """What is absent is not answered, which is not the same as answered with nothing."""
    profile = read_report({"plugins": {}, "headcount": {**ENVELOPE, "level": "custom"}}, VOCABULARY).profile
    assert answered(profile) == ("plugins",)
    assert profile.plugins == ()
    assert from_canonical(profile.canonical()) == profile


@pytest.mark.parametrize(("name", "body"), captures.reports(), ids=[name for name, _ in captures.reports()])
def test_every_capture_is_read(name: str, body: Any) -> None:
    """Real requests of stock from 0.9.0 to 4.3.0: versions, platform, names and counts come out right."""
    profile = read_stock(body, VOCABULARY).profile
    assert str(profile.buildbot) == body["versions"]["Buildbot"].partition("-")[0].partition("+")[0]
    assert str(profile.python) == body["versions"]["Python"]
    assert str(profile.twisted) == body["versions"]["Twisted"]
    if "platform" in body:
        assert (profile.system, profile.machine, profile.distro) == ("Linux", "x86_64", "debian:12")
        assert profile.implementation == "CPython"
        kernels = {"090-rich": None, "430-defect-kernel-linux-custom": "6.1"}
        assert profile.kernel == kernels.get(name, "6.18")
    assert (profile.db, profile.mq) == ("sqlite", "simple")
    assert profile.janitor == (True if JANITOR in body.get("plugins", {}) else None)
    added = 5 if profile.janitor else 0  # a builder and its step, a worker and two schedulers
    assert sum(count for _, count in profile.plugins or ()) == sum(body["plugins"].values()) - added
    assert sum(count for _, count in profile.www or ()) == len(body["www_plugins"])
    assert sum(count for _, count in profile.pipelines or ()) == max(len(body.get("builders", [])) - bool(added), 0)
    level = "full" if "builders" in body else "basic"
    assert profile.level == ("custom" if name == "430-min-callable" else level)
    assert from_canonical(profile.canonical()) == profile


@pytest.mark.parametrize("name", ["090-rich", "2105-rich", "421-rich", "430-rich-full"])
def test_what_stock_leaks_is_not_read(name: str) -> None:
    """Private classes, modules and plugins become `custom`, and are counted."""
    profile = read_stock(captures.body(name), VOCABULARY).profile
    text = profile.canonical().decode().lower()
    for private in ("manhattan", "acme", "klaus", "bluebird", "layoff", "globex", "secret_dashboard"):
        assert private not in text
    assert {"plugins", "builders"} <= dict(profile.scrubbed).keys()


def test_the_same_configuration_has_one_profile_under_old_and_new_paths() -> None:
    """The old path of a class is folded into the new one, in counts and in sequences."""
    old = {"installid": "x", "plugins": {"buildbot/config/BuilderConfig": 1, "buildbot/steps/shell_oldstyle/Test": 2},
           "builders": [["buildbot/steps/shell_oldstyle/Test"]]}  # fmt: skip
    new = {"installid": "x", "plugins": {"buildbot/config/builder/BuilderConfig": 1, "buildbot/steps/shell/Test": 2},
           "builders": [["buildbot/steps/shell/Test"]]}  # fmt: skip
    assert read_stock(old, VOCABULARY) == read_stock(new, VOCABULARY)


def test_equal_plugins_under_two_names_are_added() -> None:
    """A configuration that reports a class under both its paths has the sum."""
    both = {"plugins": {"buildbot/config/BuilderConfig": 1, "buildbot/config/builder/BuilderConfig": 2}}
    assert read_stock(both, VOCABULARY).profile.plugins == ((Name("buildbot.config.builder.BuilderConfig"), 3),)


def test_fields_of_wrong_types_from_stock_are_dropped_and_counted() -> None:
    """Stock can neither learn nor retry, so the rest is kept."""
    profile = read_stock(
        {"installid": 7, "versions": [], "db": {}, "mq": "simple", "plugins": {"x": -1}}, VOCABULARY
    ).profile
    assert answered(profile) == ("mq", "plugins")
    assert dict(profile.scrubbed) == {"versions": 1, "db": 1, "plugins": 1}


@pytest.mark.parametrize(
    ("platform", "field", "value"),
    [
        ({"distro": "acme-internal-os:7"}, "distro", "other"),
        ({"distro": "debian:acme-builder07"}, "distro", "debian"),
        ({"distro": {"acme": 1}}, "distro", None),
        ({"platform": "Linux-acme-builder07"}, "version", None),
    ],
)
def test_what_is_cut_from_a_platform_of_stock_is_counted(
    platform: dict[str, object], field: str, value: str | None
) -> None:
    """Under its field, once; what stays is public."""
    profile = read_stock({"installid": "x", "platform": {"system": "Linux", **platform}}, VOCABULARY).profile
    assert dict(profile.scrubbed) == {f"platform.{field}": 1}
    assert (profile.distro if field == "distro" else profile.kernel) == value


@pytest.mark.parametrize(
    ("path", "text"),
    [("versions.Buildbot", "5.471.108"), ("versions.Buildbot", "5.0.100"), ("platform.version", "471.108")],
)
def test_a_number_of_ones_own_is_no_version(path: str, text: str) -> None:
    """What an administrator can set, and has more digits than a version has, is not said."""
    assert public(path, text) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
MARKER = "zqmarkerzq"
LEAKS = st.sampled_from([
    MARKER, f"{MARKER}.{MARKER}", f">>{MARKER}/a", f"debian:{MARKER}", f"4.3.0+{MARKER}", f"Linux-6.1-{MARKER}",
    f"buildbot/{MARKER}/Git", f"6.1-{MARKER}", f"linux_distribution:('{MARKER}',)",
])  # fmt: skip


def _leaky(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=3) | st.dictionaries(LEAKS, inner, max_size=3)


LEAKY = st.recursive(LEAKS | st.integers(-2, 5), _leaky, max_leaves=8)
KEYS = (
    "installid",
    "versions",
    "platform",
    "plugins",
    "db",
    "mq",
    "www_plugins",
    "builders",
    "multi_master",
    "headcount",
)
SECTIONS = {
    "versions": ("Buildbot", "Python", "Twisted", "SQLAlchemy"),
    "platform": ("system", "platform", "machine", "distro", "version", "python_implementation", "processor"),
}


@settings(max_examples=300)
@given(st.data())
def test_no_string_gets_through_that_was_not_published(data: st.DataObject) -> None:
    """Whatever stands wherever in a stock report: the profile holds public names and numbers alone."""
    body: dict[str, Any] = {}
    for key in KEYS:
        if key in SECTIONS and data.draw(st.booleans()):
            systems = st.sampled_from(["Linux", "Windows", "Darwin", "FreeBSD"])
            body[key] = {inner: data.draw(systems | LEAKY if inner == "system" else LEAKY) for inner in SECTIONS[key]}
        else:
            body[key] = data.draw(LEAKY)
    assert MARKER.encode() not in read_stock(body, VOCABULARY).profile.canonical()


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(KEYS) | st.text(), JSON, max_size=6))
def test_no_body_is_too_odd_to_be_refused(body: dict[str, Any]) -> None:
    """Any JSON value is read, or refused with its problems; nothing else is raised."""
    for read in (read_report, read_stock):
        try:
            profile = read(body, VOCABULARY).profile
        except InvalidReport as error:
            assert error.problems  # noqa: PT017  # either is right
        else:
            assert from_canonical(profile.canonical()) == profile
