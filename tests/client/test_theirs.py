"""Classes and objects of the administrator's making that raise, or are not what they say."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from buildbot.config.builder import BuilderConfig
from buildbot.plugins import steps
from buildbot.process.buildstep import _BuildStepFactory
from buildbot.process.factory import BuildFactory

from headcount.client._collect import collect
from headcount.client._slices import at_once
from headcount.contract import vocabulary
from tests.support.masters import SMALL, collecting, running


class Unhashable(type):
    """Makes classes that are equal to none and have no hash."""

    def __eq__(cls, other: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]  # that is the point


class Raising(type):
    """Makes classes that raise whatever they are asked for, but for their making."""

    def __getattribute__(cls, name: str) -> Any:
        if sys._getframe(1).f_globals["__name__"].startswith("headcount."):
            raise RuntimeError(name)
        return super().__getattribute__(name)

    def __bool__(cls) -> bool:
        raise RuntimeError("bool")


class EqualToAll(type):
    """Makes classes that are equal to every other."""

    def __eq__(cls, other: object) -> bool:
        return True

    def __hash__(cls) -> int:
        return hash(BuilderConfig)


def _plain(base: type) -> type:
    cls = type("Plain", (base,), {})
    cls.__module__ = None  # type: ignore[assignment]  # a class may say anything
    return cls


def _by(metaclass: type) -> Callable[[type], type]:
    return lambda base: metaclass("Made", (base,), {})


def _raises(self: object, name: str) -> Any:
    """Raise for us alone: Buildbot has to live with such an object."""
    if sys._getframe(1).f_globals["__name__"].startswith("headcount."):
        raise RuntimeError(name)
    return object.__getattribute__(self, name)


def _object_that_raises(base: type) -> type:
    return type("Secretive", (base,), {"__getattribute__": _raises})


MAKERS = [_plain, _by(Unhashable), _by(Raising), _by(EqualToAll), _object_that_raises]
IDS = ["no module", "no hash", "a class that raises", "equal to all", "an object that raises"]


def _configuration(make: Callable[[type], type]) -> SimpleNamespace:
    plain = _BuildStepFactory(steps.ShellCommand)
    odd = [make(_BuildStepFactory)(steps.ShellCommand), _BuildStepFactory(make(steps.ShellCommand))]
    builder, config = make(BuilderConfig), BuilderConfig
    factory = BuildFactory()
    factory.steps = [plain, *odd, plain]
    arguments: dict[str, Any] = {"workernames": ["w"], "factory": factory}
    return SimpleNamespace(
        builders=[config(name="b1", **arguments), builder(name="b2", **arguments)],
        services={"s": make(SimpleNamespace)()},
        www={"port": 1, "auth": make(SimpleNamespace)(), "plugins": {}},
    )


@pytest.mark.parametrize("make", MAKERS, ids=IDS)
def test_odd_classes_are_counted_as_what_they_derive_from(make: Callable[[type], type]) -> None:
    """Each once, under its public ancestor; what cannot be read of an object is not there."""
    facts = at_once(collect(_configuration(make), vocabulary(), full=True)).facts()
    plugins = facts["plugins"]
    assert plugins["buildbot.config.builder.BuilderConfig"] == 1
    assert plugins[">>buildbot.config.builder.BuilderConfig"] == 1
    assert plugins[">>custom"] >= 2, "the service, and who signs in"
    sequence = facts["builders"][0]
    assert (len(sequence), sequence[0], sequence[3]) == (4, *["buildbot.steps.shell.ShellCommand"] * 2)
    assert sequence[2] == ">>buildbot.steps.shell.ShellCommand"


ODD = """
import sys
from buildbot.util.service import BuildbotService

class Without(BuildbotService):
    pass
Without.__module__ = None

class Unhashable(type):
    def __eq__(cls, other):
        return cls is other
class Builder(util.BuilderConfig, metaclass=Unhashable):
    pass

class Secretive(BuildbotService):
    def __getattribute__(self, name):
        if sys._getframe(1).f_globals['__name__'].startswith('headcount.'):
            raise type('HiddenError', (Exception,), {})('hidden')
        return super().__getattribute__(name)

c['services'] = [Without(name='a'), Secretive(name='b')]
c['builders'].append(Builder(name='b2', workernames=['w1'], factory=util.BuildFactory()))
c['schedulers'].append(schedulers.ForceScheduler('all', builderNames=['b1', 'b2']))
c['buildbotNetUsageData'] = 'full'
"""


def test_a_master_with_odd_classes_reports(tmp_path: Path) -> None:
    """What Buildbot can live with, so can the reporter."""
    with collecting() as collector:
        ours = f"c['configurators'] = [util.UsageData(url={collector.url!r})]\n"
        with running(tmp_path / "m", SMALL + ODD + ours) as master:
            plugins = collector.wait().body["plugins"]
            master.wait_for("the collector accepted the report")
            log = master.stop()
    assert plugins[">>buildbot.util.service.BuildbotService"] == 2
    assert plugins[">>buildbot.config.builder.BuilderConfig"] == 1
    assert "Hidden" not in log
    assert "Traceback" not in log
