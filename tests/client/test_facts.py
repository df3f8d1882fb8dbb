"""The facts that only `full` tells: hooks, protocols, configurators, factories, variety, and how Buildbot was built."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from buildbot.config.master import MasterConfig
from buildbot.interfaces import IConfigurator
from buildbot.plugins import steps
from buildbot.process.buildstep import _BuildStepFactory
from buildbot.process.factory import BuildFactory
from zope.interface import implementer

from headcount.client import UsageData
from headcount.client._collect import collect
from headcount.client._machine import build, machine
from headcount.client._slices import at_once
from headcount.contract import scrub, vocabulary

FACTORY = "buildbot.process.factory.BuildFactory"
SHELL = "buildbot.steps.shell.ShellCommand"


def facts(*, full: bool = True, configurators: Any = None, **config: Any) -> dict[str, Any]:
    """Return what is collected of a configuration."""
    return at_once(collect(SimpleNamespace(**config), vocabulary(), full=full, configurators=configurators)).facts()


def builder(*classes: Any, factory: type = BuildFactory) -> Any:
    """Return a builder of steps of these classes."""
    made = factory()
    made.steps = [_BuildStepFactory(each) for each in classes]
    return SimpleNamespace(name="b", factory=made)


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("4.3.0", "release"), ("0.9.0", "release"), ("0.9.15.post1", "release"), ("v4.3.0", "release"), ("4.3", "release"),
        ("5.0.0", "release"), ("0.9.0rc2", "pre-release"), ("4.3.0b1", "pre-release"), ("0.9.0-pre", "pre-release"),
        ("4.3.1.dev12", "development"), ("4.3.1-dev12", "development"), ("0.9.0rc2-176-g5fa9dbf", "development"),
        ("4.3.0-12-gabcdef0", "development"), ("2024.05.01", "development"), ("4.3.0+acme", "local"),
        ("4.3.1.dev12+acme", "local"), ("4.7112.3", "local"), ("3.11.77", "local"), ("acme", "local"), ("", "local"),
        ("latest", "local"), ("0.0.0", "local"), ("4.3.0-acme", "local"), ("4" * 5000, "local"),
        ("2.10.5-dev0-dirty", "local"),
    ],
)  # fmt: skip
def test_the_version_tells_how_buildbot_was_built(version: str, kind: str) -> None:
    """By nobody else is a version made that Buildbot gives to none."""
    assert build(version) == kind
    assert scrub({"build": kind}, vocabulary()).left_out == ()


def test_how_it_was_built_is_told_at_full_alone() -> None:
    """This one is a release."""
    assert machine(full=True)["build"] == "release"
    assert "build" not in machine(full=False)


def test_hooks_are_told_by_their_public_names() -> None:
    """Each that is configured, whatever its options; a hook of the administrator's own is `custom`."""
    hooks = {"github": {"class": object}, "poller": True, "acme_deploys": {}, "acme_other": {}, "googlecode": {}}
    assert facts(www={"change_hook_dialects": hooks})["hooks"] == ["custom", "custom", "github", "googlecode", "poller"]
    others: list[Any] = [
        {},
        {"change_hook_dialects": {}},
        {"change_hook_dialects": None},
        {"change_hook_dialects": ["github"]},
        7,
    ]
    for www in others:
        assert facts(www=www)["hooks"] == []


def test_protocols_are_told_by_the_words_for_them() -> None:
    """And a protocol of a later release of Buildbot as another."""
    configured = {"pb": {"port": 9989}, "msgpack_experimental_v7": {"port": 9990}, "null": {}, "acme_v1": {}}
    assert facts(protocols=configured)["protocols"] == ["msgpack", "null", "other", "pb"]
    assert facts(protocols={})["protocols"] == []


def test_factories_are_counted_by_builder() -> None:
    """One that builders share counts for each; one of the administrator's as what it derives from."""

    class Own(BuildFactory):  # type: ignore[misc]  # Buildbot is not typed
        pass

    shared = builder(steps.ShellCommand)
    found = facts(builders=[shared, shared, builder(factory=Own), builder(factory=SimpleNamespace)])
    assert found["factories"] == {FACTORY: 2, f">>{FACTORY}": 1, "custom": 1}


def test_variety_counts_different_classes_of_the_administrators_by_their_public_base() -> None:
    """In bands; one class counts once, however often it occurs and however deep it is; public ones do not count."""
    own = [type("Same", (steps.ShellCommand,), {}) for _ in range(6)]
    deeper = type("Deeper", (own[0],), {})
    alone = type("Alone", (), {})
    found = facts(
        builders=[
            builder(steps.ShellCommand, steps.Git, *own),
            builder(*own, deeper, factory=type("F", (BuildFactory,), {})),
        ],
        services={"a": alone(), "b": alone()},
        configurators=[type("C", (), {})],
    )
    assert found["variety"] == {SHELL: "6-20", FACTORY: "1", "custom": "2-5"}, (
        "the builders here are of no class of Buildbot's"
    )


def test_none_of_it_is_told_at_basic() -> None:
    """Where less was agreed to."""
    assert facts(full=False, builders=[builder(steps.ShellCommand)], configurators=[]).keys() == {
        "mq", "www_plugins", "plugins",
    }  # fmt: skip


class Unequal(type):
    """Makes classes that raise where they are compared."""

    def __eq__(cls, other: object) -> bool:
        raise RuntimeError

    __hash__ = type.__hash__  # else zope.interface could not use them


@implementer(IConfigurator)
class Plain:
    """A configurator."""

    def configure(self, config_dict: dict[str, Any]) -> None:
        """Do nothing."""


class Odd(Plain, metaclass=Unequal):
    """A configurator that cannot be compared."""


def configured(*configurators: Any) -> Any:
    """Return the configuration that Buildbot reads."""
    given = {"multiMaster": True, "configurators": [*configurators], "buildbotNetUsageData": "full"}
    return MasterConfig.loadFromDict(given, "master.cfg")


def test_configurators_are_counted_but_ours() -> None:
    """Those that come after ours too; where ours is not among them, they are not known."""
    for others, counted in (([Plain(), Odd()], {"custom": 1, ">>custom": 1}), ([Odd(), Odd()], {">>custom": 2})):
        for configurators in ([UsageData("https://c.invalid"), *others], [*others, UsageData("https://c.invalid")]):
            service = configured(*configurators).services["headcount.UsageData"]
            found = facts(configurators=service.configurators.classes)
            assert found["configurators"] == counted
    service = configured(UsageData("https://c.invalid")).services["headcount.UsageData"]
    assert facts(configurators=service.configurators.classes)["configurators"] == {}
    assert "configurators" not in facts(configurators=None)


def test_a_reconfig_compares_no_configurator() -> None:
    """A class may raise where it is compared, and Buildbot compares what its services are given."""
    one, other = (configured(Odd(), UsageData("https://c.invalid")).services["headcount.UsageData"] for _ in range(2))
    assert one != other
    assert not one == other  # noqa: SIM201  # Buildbot asks for either
