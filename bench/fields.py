"""What each field of schema 2 costs: bytes on the wire, and time in the reactor's thread; each alone, and all together."""

from __future__ import annotations

import gzip
import itertools
import json
import statistics
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import sqlalchemy
from buildbot.config.master import MasterConfig
from buildbot.plugins import schedulers, steps, util, worker
from buildbot.process.factory import BuildFactory

from headcount.client import _assemble, _collect, _database, _janitor, _machine, _workers
from headcount.client._names import Names
from headcount.client._slices import at_once
from headcount.client._theirs import get, values
from headcount.contract import CATALOG, public, scrub, vocabulary

_BUILDERS, _STEPS, _WORKERS = 5_000, 20, 1_000
_OWN_STEPS, _OWN_FACTORIES = 300, 50  # classes of the administrator's, about as many as the largest public master has
_RUNS = 25
_ID = "0" * 40


def measure() -> dict[str, float]:
    """A master of 5,000 builders of 20 steps with 1,000 workers, at level ``full``.

    ``FIELD_bytes``: what the field adds to the body, and ``…_gzipped`` to what is posted; ``FIELD_us``: microseconds of the
    reactor's thread, medians. ``janitor_us``: to tell that no builder is the Janitor's. ``collect_ms``: all that the
    reactor's thread does for a report, in slices; ``longest_step_ms``: the longest step of it, by which a slice may be
    longer than it is meant to be, in the best of the runs.
    """
    config = _configuration()
    engine = sqlalchemy.create_engine("sqlite://")
    engine.connect().close()
    report = _report(config, engine)
    new = [field.path for field in CATALOG if field.since == 2]
    figures: dict[str, float] = {}
    for name, fields in [*((field, [field]) for field in new), ("all", new)]:
        less = {key: value for key, value in report.items() if key not in fields}
        figures[f"{name}_bytes"] = len(_assemble.encode(report)) - len(_assemble.encode(less))
        figures[f"{name}_gzipped"] = _posted(report) - _posted(less)
    parts = _parts(config, engine)
    figures |= {f"{name}_us": _microseconds(part) for name, part in parts.items()}
    figures["all_us"] = _microseconds(lambda: [part() for part in parts.values()])
    figures["longest_step_ms"] = round(min(_longest_step(config) for _ in range(_RUNS)) * 1000, 2)
    figures["collect_ms"] = round(_microseconds(lambda: _collected(config)) / 1000, 2)
    return figures


def _parts(config: Any, engine: Any) -> dict[str, Callable[[], object]]:
    """Return what the reactor's thread does for each field. How Buildbot was built is found out in a thread of ours."""
    known = vocabulary()
    builders, workers = values(config, "builders"), values(config, "workers")
    factories = [get(builder, "factory") for builder in builders]
    own = _own_classes()

    def variety() -> object:
        named = Names(known)
        for cls in own:
            named.of(cls)
        return named.variety()

    return {
        "workers": lambda: [*_collect.names_of_workers(workers)],
        "database": lambda: _database.of_engine(engine),
        "hooks": lambda: public("hooks", list(config.www["change_hook_dialects"])),
        "protocols": lambda: public("protocols", list(config.protocols)),
        "configurators": lambda: [Names(known).of(cls) for cls in own[:2]],
        "factories": lambda: Names(known).each(factories),
        "variety": variety,
        "janitor": lambda: [_janitor.is_of(["x"]) for _ in builders],
    }


def _report(config: Any, engine: Any) -> dict[str, Any]:
    database = _database.of_engine(engine)
    facts = {
        "installid": _ID,
        **_machine.machine(full=True),
        **_collected(config).facts(),
        "db": database.type,
        "db_driver": database.driver,
        "db_server": database.server,
        "workers": _workers.in_bands(["4.3.0"] * 900 + ["4.2.1"] * 60 + ["3.11.9"] * 20 + ["0.8.14"] * 2),
    }
    return _assemble.ordered(scrub(facts, vocabulary()).report)


def _collected(config: Any) -> _collect.Collected:
    return at_once(_collect.collect(config, vocabulary(), full=True, configurators=_own_classes()[:2]))


def _longest_step(config: Any) -> float:
    times = [time.perf_counter()]
    for _ in _collect.collect(config, vocabulary(), full=True, configurators=_own_classes()[:2]):
        times.append(time.perf_counter())  # noqa: PERF401  # the clock is read at each step
    times.append(time.perf_counter())
    return max(after - before for before, after in itertools.pairwise(times))


def _posted(report: dict[str, Any]) -> int:
    return len(gzip.compress(json.dumps(report, separators=(",", ":")).encode(), mtime=0))


def _microseconds(part: Callable[[], object]) -> float:
    times = []
    for _ in range(_RUNS):
        start = time.perf_counter()
        part()
        times.append(time.perf_counter() - start)
    return round(statistics.median(times) * 1_000_000, 1)


_OWN: list[type] = []


def _own_classes() -> list[type]:
    if not _OWN:
        _OWN.extend(type(f"Own{number}", (steps.ShellCommand,), {}) for number in range(_OWN_STEPS))
        _OWN.extend(type(f"Factory{number}", (BuildFactory,), {}) for number in range(_OWN_FACTORIES))
    return _OWN


def _configuration() -> Any:
    own = _own_classes()
    classes, kinds = [*own[:_OWN_STEPS], steps.ShellCommand], [*own[_OWN_STEPS:], BuildFactory]
    names = [f"b{number}" for number in range(_BUILDERS)]
    builders = []
    for number, name in enumerate(names):
        made = [classes[(number * 7 + place) % len(classes)](command="x") for place in range(_STEPS)]
        factory = kinds[number % len(kinds)](made)
        builders.append(util.BuilderConfig(name, workernames=[f"w{number % _WORKERS}"], factory=factory))
    config = MasterConfig.loadFromDict(
        {
            "workers": [worker.Worker(f"w{number}", "p") for number in range(_WORKERS)],
            "builders": builders,
            "schedulers": [schedulers.AnyBranchScheduler("s", builderNames=names)],
            "protocols": {"pb": {"port": 9989}, "msgpack_experimental_v7": {"port": 9990}},
            "www": {"port": 8010, "change_hook_dialects": {"github": {}, "gitlab": {}, "acme_hook": {}}},
            "buildbotNetUsageData": "full",
        },
        "bench",
    )
    return SimpleNamespace(**vars(config))
