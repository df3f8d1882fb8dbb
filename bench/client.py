"""What a report costs the reactor's thread, and on the wire, beside stock Buildbot's reporter in the same process."""

from __future__ import annotations

import gzip
import json
from functools import partial
from types import SimpleNamespace
from typing import Any

from buildbot import buildbot_net_usage_data as stock
from buildbot.config.master import MasterConfig
from buildbot.plugins import schedulers, steps, util, worker

from bench._paired import paired
from headcount.client import _assemble, _collect
from headcount.client._settings import Setting
from headcount.contract import vocabulary

_SIZES = (100, 1_000, 5_000)  # builders of 20 steps
_STEPS = 20
_SHARED = 10  # pipelines among which the builders of one configuration choose
_RUNS = 7
_CLASSES = (steps.Git, steps.ShellCommand, steps.Compile, steps.Test, steps.SVN, steps.Trigger, steps.FileUpload)
_ID = "0" * 40


def measure() -> dict[str, float]:
    """``time_vs_stock`` and ``bytes_vs_stock`` at 5,000 builders that share pipelines, at level ``full``.

    ``time``: ours is collecting and assembling, what the reactor's thread does; stock's is ``computeUsageData``. ``bytes``:
    ours gzipped, as it is posted. ``bytes_vs_stock_all_different``: the same where all pipelines differ.
    """
    figures: dict[str, float] = {}
    for size in _SIZES:
        master = _master(size, _SHARED)
        result = paired(partial(_ours, master), partial(stock.computeUsageData, master), _RUNS)
        figures[f"stock_ms_{size}"] = round(result.peer * 1000, 2)
        figures[f"time_vs_stock_{size}"] = round(result.ratio, 3)
    figures["time_vs_stock"] = figures[f"time_vs_stock_{_SIZES[-1]}"]
    figures["bytes_vs_stock"] = _bytes(_master(_SIZES[-1], _SHARED))
    figures["bytes_vs_stock_all_different"] = _bytes(_master(_SIZES[-1], _SIZES[-1]))
    return figures


def _ours(master: Any) -> dict[str, Any]:
    facts = {"installid": _ID, "db": "sqlite", **_collect.collect(master.config, vocabulary(), full=True)}
    setting = Setting("https://collector.invalid", "full")
    return _assemble.assemble(setting, facts, vocabulary(), reason="start", report_id="0" * 32)


def _bytes(master: Any) -> float:
    ours = len(gzip.compress(_assemble.encode(_ours(master)), mtime=0))
    return round(ours / len(json.dumps(stock.computeUsageData(master))), 4)


def _master(builders: int, pipelines: int) -> Any:
    """A master of so many builders, each with one of so many pipelines of steps."""
    factories = [util.BuildFactory(_pipeline(number)) for number in range(pipelines)]
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


def _pipeline(number: int) -> list[Any]:
    """Steps whose classes spell the number, so that different numbers have different pipelines."""
    made = []
    for _ in range(_STEPS):
        number, choice = divmod(number, len(_CLASSES))
        made.append(_step(_CLASSES[choice]))
    return made


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
