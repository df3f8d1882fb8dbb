"""What `JanitorConfigurator` adds is not counted as the administrator's; what any other configurator adds is."""

from __future__ import annotations

import datetime as dt
import warnings
from types import SimpleNamespace
from typing import Any

import pytest
from buildbot import buildbot_net_usage_data
from buildbot.config.master import MasterConfig
from buildbot.configurators import ConfiguratorBase
from buildbot.plugins import schedulers, steps, util, worker

from headcount.client._collect import collect
from headcount.client._slices import at_once
from headcount.contract import read_stock, vocabulary

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of what Buildbot imports of Twisted
    from buildbot.configurators.janitor import JANITOR_NAME, JanitorConfigurator, LogChunksJanitor

WEEK = dt.timedelta(weeks=1)


def facts(*configurators: Any, full: bool = True, **more: Any) -> dict[str, Any]:
    """Return what is collected of a small configuration with these configurators."""
    given: dict[str, Any] = {
        "multiMaster": True,
        "workers": [worker.Worker("w", "p")],
        "builders": [util.BuilderConfig("b", workernames=["w"], factory=util.BuildFactory([steps.Git(repourl="x")]))],
        "schedulers": [schedulers.Nightly("n", builderNames=["b"], hour=3)],
        "protocols": {"pb": {"port": 9989}},
        "buildbotNetUsageData": None,
        **more,
    }
    config = MasterConfig.loadFromDict({**given, "configurators": [*configurators]}, "master.cfg")
    return at_once(collect(config, vocabulary(), full=full)).facts()


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize(
    "horizons", [{"logHorizon": WEEK}, {"build_data_horizon": WEEK}, {"logHorizon": WEEK, "build_data_horizon": WEEK}]
)
def test_a_master_with_a_janitor_says_what_it_would_without(full: bool, horizons: dict[str, Any]) -> None:
    """At either level, whatever it was told to clean, with all that it adds."""
    assert facts(JanitorConfigurator(hour=4, **horizons), full=full) == facts(full=full)


def test_a_protocol_that_another_worker_needs_too_stays() -> None:
    """A local worker of the administrator's, or of a class of theirs over it."""

    class Own(worker.LocalWorker):  # type: ignore[misc]  # Buildbot is not typed
        pass

    for local in (worker.LocalWorker("l"), Own("l")):
        more: dict[str, Any] = {
            "workers": [worker.Worker("w", "p"), local],
            "protocols": {"pb": {"port": 9989}, "null": {}},
        }
        assert facts(JanitorConfigurator(logHorizon=WEEK), **more)["protocols"] == ["null", "pb"]
    assert facts(protocols={"pb": {"port": 9989}, "null": {}})["protocols"] == ["null", "pb"]


class Jobs(ConfiguratorBase):  # type: ignore[misc]  # Buildbot is not typed
    """A configurator of the administrator's, which adds what the Janitor adds, by another name."""

    def configure(self, config_dict: dict[str, Any]) -> None:
        """Add a builder."""
        super().configure(config_dict)
        factory = util.BuildFactory([steps.ShellCommand(command="x")])
        self.workers.append(worker.LocalWorker("cleaner"))
        self.protocols.setdefault("null", {})
        self.schedulers.append(schedulers.Nightly("cleaning", builderNames=["cleaning"], hour=5))
        self.builders.append(util.BuilderConfig("cleaning", workername="cleaner", factory=factory))


def test_what_another_configurator_adds_is_the_administrators() -> None:
    """All of it, beside a Janitor too."""
    plain, ours = facts(), facts(JanitorConfigurator(logHorizon=WEEK), Jobs())
    assert ours["plugins"] == {
        **plain["plugins"],
        "buildbot.config.builder.BuilderConfig": 2,
        "buildbot.schedulers.timed.Nightly": 2,
        "buildbot.steps.shell.ShellCommand": 1,
        "buildbot.worker.local.LocalWorker": 1,
    }
    assert (ours["protocols"], len(ours["builders"])) == (["null", "pb"], 2)


def test_a_builder_of_another_name_or_with_other_steps_is_the_administrators() -> None:
    """A step of the Janitor's may be put to use by hand."""

    def builders(name: str, *more: Any) -> Any:
        factory = util.BuildFactory([LogChunksJanitor(logHorizon=WEEK), *more])
        return [util.BuilderConfig(name, workernames=["w"], factory=factory)]

    for name, more in (("cleaning", ()), (JANITOR_NAME, (steps.ShellCommand(command="x"),))):
        found = facts(builders=builders(name, *more), schedulers=[schedulers.Nightly("n", builderNames=[name], hour=3)])
        assert found["plugins"]["buildbot.configurators.janitor.LogChunksJanitor"] == 1
        assert (len(found["builders"]), found["plugins"]["buildbot.schedulers.timed.Nightly"]) == (1, 1)


def test_stocks_report_of_the_same_master_comes_to_the_same() -> None:
    """What is taken out of it is what ours leaves out."""

    def stock(*configurators: Any) -> Any:
        given = {
            "multiMaster": True, "workers": [worker.Worker("w", "p")], "protocols": {"pb": {"port": 9989}},
            "builders": [util.BuilderConfig("b", workernames=["w"], factory=util.BuildFactory([steps.Git(repourl="x")]))],
            "schedulers": [schedulers.Nightly("n", builderNames=["b"], hour=3)], "configurators": [*configurators],
            "buildbotNetUsageData": "full",
        }  # fmt: skip
        config = MasterConfig.loadFromDict(given, "master.cfg")
        master = SimpleNamespace(config=config, name="m", basedir="/m")
        return read_stock(buildbot_net_usage_data.computeUsageData(master), vocabulary()).profile

    plain, janitor = stock(), stock(JanitorConfigurator(logHorizon=WEEK, build_data_horizon=WEEK))
    assert (janitor.plugins, janitor.pipelines, janitor.janitor) == (plain.plugins, plain.pipelines, True)
    assert plain.janitor is None
