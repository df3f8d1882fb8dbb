"""The oracle on what only a full report of ours says, on fleets of a few reports, counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from headcount.fleet import Expected, Truth, answer
from headcount.fleet.oracle import conditions
from tests.support.truths import GIT, UNTIL, Reports, on

FACTORY, JANITOR = "buildbot.process.factory.BuildFactory", "buildbot.configurators.janitor.JanitorConfigurator"


def ask(question: str, truths: Reports, by: str) -> Expected:
    """The oracle's answer about the living."""
    return answer(question, truths, by=by, basis="alive", since=UNTIL, until=UNTIL)


def fleet(*facts: dict[str, Any]) -> Reports:
    """Installations, each with a report of these facts."""
    return [on("2026-10-01", str(number), **each) for number, each in enumerate(facts)]


def test_an_installation_is_counted_for_each_of_its_hooks() -> None:
    """Who answered that there are none is of the denominator; a hook that is there twice counts once."""
    truths = fleet({"hooks": {"github": 1, "custom": 2}}, {"hooks": {"github": 1}}, {"hooks": {}}, {})
    assert ask("environments", truths, "hook") == Expected(3, [
        {"value": "github", "installations": 2, "share": 0.666667},
        {"value": "custom", "installations": 1, "share": 0.333333},
    ])  # fmt: skip


def test_crossed_with_protocols_each_pair_counts() -> None:
    """Those who answered both are the denominator."""
    truths = fleet(
        {"protocols": {"pb": 1, "null": 1}, "build": "local"},
        {"protocols": {"pb": 1}, "build": "release"},
        {"protocols": {}, "build": "release"},
        {"protocols": {"pb": 1}},
    )
    found = ask("environments", truths, "protocol,build")
    assert found.denominator == 3
    assert [(row["value"], row["with"], row["installations"]) for row in found.rows] == [
        ("null", "local", 1), ("pb", "local", 1), ("pb", "release", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(("by", "fact"), [("build", "build"), ("driver", "driver"), ("server", "server")])
def test_what_there_is_one_of_is_counted_as_other_environments_are(by: str, fact: str) -> None:
    """The commonest first, of those that answered."""
    found = ask("environments", fleet({fact: "b"}, {fact: "b"}, {fact: "a"}, {}), by)
    assert (found.denominator, [(row["value"], row["installations"]) for row in found.rows]) == (
        3,
        [("b", 2), ("a", 1)],
    )


def test_workers_are_counted_by_installation_and_at_least() -> None:
    """A band counts as its least number; who has several releases of a series is once in its row."""
    truths = fleet(
        {"workers": {"4.3.0": 21, "0.8.14": 1}},
        {"workers": {"4.3.0": 2, "3.11.8": 1, "3.11.9": 6}},
        {"workers": {}},
        {},
    )
    assert ask("versions", truths, "worker.release") == Expected(3, [
        {"version": "4.3.0", "installations": 2, "workers_at_least": 23, "share": 0.666667},
        {"version": "3.11.9", "installations": 1, "workers_at_least": 6, "share": 0.333333},
        {"version": "3.11.8", "installations": 1, "workers_at_least": 1, "share": 0.333333},
        {"version": "0.8.14", "installations": 1, "workers_at_least": 1, "share": 0.333333},
    ])  # fmt: skip
    assert ask("versions", truths, "worker") == Expected(3, [
        {"version": "4.3", "installations": 2, "workers_at_least": 23, "share": 0.666667},
        {"version": "3.11", "installations": 1, "workers_at_least": 7, "share": 0.333333},
        {"version": "0.8", "installations": 1, "workers_at_least": 1, "share": 0.333333},
    ])  # fmt: skip


def test_configurators_and_factories_are_plugins_of_fields_of_their_own() -> None:
    """Who answered that field is the denominator; `all` has neither."""
    truths = fleet(
        {"configurators": {(JANITOR, 0): 1, ("custom", 0): 1}, "factories": {(FACTORY, 0): 3, (FACTORY, 1): 2}},
        {"configurators": {}, "plugins": {(GIT, 0): 1}},
        {},
    )
    assert ask("plugins", truths, "factory") == Expected(1, [
        {"plugin": FACTORY, "kind": "factory", "installations": 1, "instances": 5, "customized": 1, "share": 1.0},
    ])  # fmt: skip
    found = ask("plugins", truths, "configurator")
    assert found.denominator == 2
    assert [(row["plugin"], row["installations"], row["customized"]) for row in found.rows] == [
        (JANITOR, 1, 0), ("custom", 1, 1),
    ]  # fmt: skip
    assert [row["plugin"] for row in ask("plugins", truths, "all").rows] == [GIT]


def test_variety_is_counted_in_bands_of_those_that_the_vocabulary_knows() -> None:
    """A row for each base; who runs a release that no vocabulary knows is left out."""
    truths = fleet(
        {"variety": {GIT: 1}}, {"variety": {GIT: 21, "custom": 2}}, {"variety": {}}, {},
        {"variety": {GIT: 6}, "versions": {"buildbot": "4.4.0"}},
    )  # fmt: skip
    assert ask("customization", truths, "variety") == Expected(3, [
        {"plugin": GIT, "installations": 2, "1": 1, "2-5": 0, "6-20": 0, "21+": 1, "share": 0.666667},
        {"plugin": "custom", "installations": 1, "1": 0, "2-5": 1, "6-20": 0, "21+": 0, "share": 0.333333},
    ])  # fmt: skip


def test_coverage_says_how_many_janitors_were_left_out() -> None:
    """Of all, and of those that answered each new field how many."""
    truths = fleet({"janitor": True}, {}, {"driver": "psycopg2"})
    rows = ask("coverage", truths, "janitor").rows
    assert [(row["value"], row["installations"]) for row in rows] == [("(none)", 2), ("subtracted", 1)]
    fields = {row["value"]: row["installations"] for row in ask("coverage", truths, "field").rows}
    assert (fields["db_driver"], fields["db_server"]) == (1, 0)


def _truth(**facts: Any) -> Truth:
    return on("2026-10-01", "a", **facts)[1]


@pytest.mark.parametrize(
    ("comparison", "version", "holds"),
    [
        ("<", "13", {"9.6", "10", "10.11"}),
        ("=", "10", {"10", "10.11"}),
        (">=", "10.11", {"10.11", "15"}),
        (">", "10", {"15"}),
    ],
)
def test_servers_compare_as_versions(comparison: str, version: str, holds: set[str]) -> None:
    """At the precision that is given; who did not answer does not match."""
    matches = conditions.server(comparison, version)
    assert {each for each in ("9.6", "10", "10.11", "15") if matches(_truth(server=each))} == holds
    assert not matches(_truth())


def test_a_condition_on_workers_holds_where_any_worker_is_so() -> None:
    """Whatever the others run."""
    mixed = _truth(workers={"4.3.0": 21, "0.8.14": 1})
    assert conditions.worker("<", "1.0")(mixed)
    assert conditions.worker("=", "4.3")(mixed)
    assert not conditions.worker("<", "0.8")(mixed)
    assert not conditions.worker("<", "1.0")(_truth(workers={}))
    assert not conditions.worker("<", "1.0")(_truth())


def test_conditions_on_words_hooks_and_classes() -> None:
    """Of several values one is enough; a class counts as itself and as what derives from it."""
    truth = _truth(build="local", hooks={"github": 1}, protocols={"msgpack": 1, "pb": 1}, factories={(FACTORY, 1): 2})
    assert conditions.word("build", "local")(truth)
    assert not conditions.word("build", "release")(truth)
    assert conditions.one_of("hooks", "github")(truth)
    assert not conditions.one_of("hooks", "gitlab")(truth)
    assert conditions.one_of("protocols", "msgpack")(truth)
    assert not conditions.one_of("protocols", "null")(_truth())
    assert conditions.configured("factories", FACTORY)(truth)
    assert not conditions.configured("configurators", JANITOR)(truth)
