"""By how much a real master starts and stops later with our reporter, beside the same master with none, and with stock's."""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.support.hostile import Hostile, answer, hang, misbehaving, refusing
from tests.support.masters import SMALL, Master, running
from tests.support.waiting import wait_until

_RUNS = 9
_STOCK_RUNS = 2  # it waits for half a minute each time

_CLOCK = """
import time
_begun = time.monotonic(), time.thread_time()

def _observe(event):
    if 'BuildMaster is running' in event.get('message', ()):
        seconds = time.monotonic() - _begun[0], time.thread_time() - _begun[1]
        with open(basedir + '/started', 'w') as file:
            file.write('%r %r' % seconds)

from twisted.python import log
log.addObserver(_observe)
"""
_NONE = "c['buildbotNetUsageData'] = None\n"
_OURS = "c['buildbotNetUsageData'] = 'full'\nc['configurators'] = [util.UsageData(url={url!r})]\n"
_STOCK = """
c['buildbotNetUsageData'] = 'full'
from buildbot import buildbot_net_usage_data
buildbot_net_usage_data.PHONE_HOME_URL = {url!r} + '/events/phone_home'
"""


class _Times(NamedTuple):
    """Milliseconds: from the top of ``master.cfg`` to *BuildMaster is running*; the reactor's CPU in it; to stop."""

    start: float
    cpu: float
    stop: float


class _Way(NamedTuple):
    """A way to run a master: its reporter, the collector, and when it is told to stop."""

    configuration: str
    collector: Callable[[], contextlib.AbstractContextManager[Hostile]]
    until: Callable[[Master, Hostile], bool]


def _asked(_: Master, collector: Hostile) -> bool:
    return len(collector.requests) > 0


def _log_says(text: str) -> Callable[[Master, Hostile], bool]:
    return lambda master, _: text in master.log()


_WAYS = {
    "hanging": _Way(_OURS, lambda: misbehaving(hang), _asked),
    "refusing": _Way(_OURS, lambda: refusing("http"), _log_says("was not delivered")),
    "healthy": _Way(_OURS, lambda: misbehaving(answer(202)), _log_says("the collector accepted")),
}
_WITHOUT = _Way(_NONE, lambda: contextlib.nullcontext(Hostile("")), lambda *_: True)
_PEER = _Way(_STOCK, lambda: misbehaving(hang), _asked)


def measure() -> dict[str, float]:
    """Medians of differences to a master without a reporter that ran in the same round, in milliseconds.

    ``start_later_ms`` and ``stop_later_ms`` are the worst of three collectors: one that hangs, so that the report is under
    way when the master is told to stop, one that refuses, and a healthy one. ``stock_…``: stock's reporter, its collector
    hanging. ``…_cpu_ms``: of the reactor's thread, in which nothing of ours may take long, on a busy machine either.
    """
    later: dict[str, list[_Times]] = defaultdict(list)
    with _directories() as directory:
        for way in (_WITHOUT, *_WAYS.values()):
            _run(way, directory())  # not counted: it warms caches
        for number in range(_RUNS):
            ways = [("without", _WITHOUT), *_WAYS.items()]
            ways = ways[number % len(ways) :] + ways[: number % len(ways)]
            if number < _STOCK_RUNS:
                ways.append(("stock", _PEER))
            times = {name: _run(way, directory()) for name, way in ways}
            without = times.pop("without")
            for name, found in times.items():
                later[name].append(_Times(*(ours - none for ours, none in zip(found, without, strict=True))))
    medians = {name: _Times(*map(statistics.median, zip(*found, strict=True))) for name, found in later.items()}
    figures = {
        "start_later_ms": max(medians[name].start for name in _WAYS),
        "stop_later_ms": max(medians[name].stop for name in _WAYS),
    }
    for name, found in medians.items():
        figures[f"{name}_start_later_ms"] = found.start
        figures[f"{name}_start_later_cpu_ms"] = found.cpu
        figures[f"{name}_stop_later_ms"] = found.stop
    return {name: round(value, 1) for name, value in figures.items()}


@contextlib.contextmanager
def _directories() -> Iterator[Callable[[], Path]]:
    """Gives a new directory at each call."""
    with tempfile.TemporaryDirectory(prefix="headcount-bench-") as parent:
        made: list[Path] = []

        def new() -> Path:
            made.append(Path(parent) / str(len(made)))
            return made[-1]

        yield new


def _run(way: _Way, directory: Path) -> _Times:
    with way.collector() as collector:
        configuration = _CLOCK + SMALL + way.configuration.format(url=collector.url)
        with running(directory, configuration, fresh=True) as master:
            wait_until(lambda: way.until(master, collector), "the report was under way, or arrived")
            process = master.process
            assert process is not None
            begun = time.monotonic()
            process.terminate()
            process.wait()
            stop = time.monotonic() - begun
    start, cpu = map(float, (directory / "started").read_text().split())
    return _Times(start * 1000, cpu * 1000, stop * 1000)
