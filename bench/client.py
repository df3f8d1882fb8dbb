"""What a report costs the reactor's thread, and on the wire, beside stock Buildbot's reporter in the same process."""

from __future__ import annotations

import gzip
import json
import random
from functools import partial
from types import SimpleNamespace
from typing import Any

from buildbot import buildbot_net_usage_data as stock
from buildbot.config.master import MasterConfig
from buildbot.plugins import schedulers, steps, util, worker

from bench._paired import paired
from headcount.client import _assemble, _collect
from headcount.client._settings import Setting
from headcount.client._slices import at_once
from headcount.contract import scrub, vocabulary

_SIZES = (100, 1_000, 5_000)  # builders of 20 steps
_STEPS = 20
_SHARED = 10  # pipelines among which the builders of one configuration choose
_RUNS = 7
_CLASSES = (steps.Git, steps.ShellCommand, steps.Compile, steps.Test, steps.SVN, steps.Trigger, steps.FileUpload)
_ID = "0" * 40


def measure() -> dict[str, float]:
    """At 100, 1,000 and 5,000 builders of 20 steps, level ``full``; stock's is ``computeUsageData``.

    ``time_vs_stock``: ours is what the reactor's thread does, reading the configuration; ``all_vs_stock`` adds what our
    thread does after it, up to the bytes: counting, checking against the catalog, JSON, gzip. ``bytes_vs_stock``: ours
    gzipped, as it is posted. Builders share ten pipelines; ``…_all_different``: each has a random one of its own.
    """
    figures: dict[str, float] = {}
    for size in _SIZES:
        for pipelines, suffix in ((_SHARED, ""), (size, "_all_different")):
            master = _master(size, pipelines)
            peer = partial(stock.computeUsageData, master)
            collected, posted = (
                paired(partial(_collected, master), peer, _RUNS),
                paired(partial(_posted, master), peer, _RUNS),
            )
            of_size = {
                f"stock_ms_{size}{suffix}": round(collected.peer * 1000, 2),
                f"time_vs_stock_{size}{suffix}": round(collected.ratio, 3),
                f"all_vs_stock_{size}{suffix}": round(posted.ratio, 3),
            }
            figures.update(of_size)
            if size == _SIZES[-1]:
                figures[f"time_vs_stock{suffix}"] = of_size[f"time_vs_stock_{size}{suffix}"]
                figures[f"bytes_vs_stock{suffix}"] = _bytes(master)
    return figures


def _collected(master: Any) -> _collect.Collected:
    return at_once(_collect.collect(master.config, vocabulary(), full=True))


def _posted(master: Any) -> bytes:
    setting = Setting("https://collector.invalid", "full")
    facts = {"installid": _ID, "db": "sqlite", **_collected(master).facts()}
    report = _assemble.ordered(scrub(facts, vocabulary()).report)
    data = _assemble.assemble(setting, report, vocabulary().version, reason="start", report_id="0" * 32)
    return gzip.compress(data, mtime=0)


def _bytes(master: Any) -> float:
    return round(len(_posted(master)) / len(json.dumps(stock.computeUsageData(master))), 4)


def _master(builders: int, pipelines: int) -> Any:
    """A master of so many builders, each with one of so many pipelines of steps."""
    chance = random.Random(builders)
    factories = [util.BuildFactory(_pipeline(chance)) for _ in range(pipelines)]
    config = MasterConfig.loadFromDict(
        {
            "workers": [worker.Worker("w", "p")],
            "builders": [
                util.BuilderConfig(f"b{number}", workernames=["w"], factory=factories[number % pipelines])
                for number in range(builders)
            ],
            "schedulers": [
                schedulers.AnyBranchScheduler("s", builderNames=[f"b{number}" for number in range(builders)])
            ],
            "protocols": {"pb": {"port": 9989}},
            "buildbotNetUsageData": "full",
        },
        "bench",
    )
    return SimpleNamespace(config=config, name="bench:/srv/master")


def _pipeline(chance: random.Random) -> list[Any]:
    return [_step(chance.choice(_CLASSES)) for _ in range(_STEPS)]


def _step(cls: Any) -> Any:
    arguments: dict[Any, dict[str, Any]] = {
        steps.Git: {"repourl": "x"},
        steps.SVN: {"repourl": "x"},
        steps.ShellCommand: {"command": "x"},
        steps.Compile: {"command": "x"},
        steps.Test: {"command": "x"},
        steps.Trigger: {"schedulerNames": ["x"]},
        steps.FileUpload: {"workersrc": "x", "masterdest": "x"},
    }
    return cls(**arguments[cls])
