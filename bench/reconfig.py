"""By how much a reconfig of a real master takes longer with our reporter, beside the same master without one."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from tests.support.hostile import answer, misbehaving
from tests.support.masters import SMALL, running

_RUNS = 7  # masters of each kind, in turn
_RECONFIGS = 15  # of each master; the first is not counted

_CLOCK = """
import time
if 'kept' not in dir(time):
    time.kept = []
    def _observe(event):
        text = ''.join(event.get('message', ()))
        if 'beginning configuration update' in text:
            time.kept[:] = [time.perf_counter()]
        if 'configuration update complete' in text and time.kept:
            with open(basedir + '/reconfigs', 'a') as file:
                file.write('%r\\n' % (time.perf_counter() - time.kept[0]))
    from twisted.python import log
    log.addObserver(_observe)
"""
_OURS = "c['buildbotNetUsageData'] = 'full'\nc.setdefault('configurators', []).append(util.UsageData(url={url!r}))\n"
_NONE = "c['buildbotNetUsageData'] = None\n"


def measure() -> dict[str, float]:
    """Medians over masters of the medians of their reconfigs, in milliseconds.

    ``reconfig_ms``: with our reporter at level ``full``, a collector that accepts, and nothing that changed;
    ``without_ms``: the same master without a reporter, run in turn.
    """
    with misbehaving(answer(202)) as collector, tempfile.TemporaryDirectory(prefix="headcount-bench-") as parent:
        medians: dict[str, list[float]] = {"ours": [], "none": []}
        for number in range(_RUNS):
            for name, reporter in (("ours", _OURS.format(url=collector.url)), ("none", _NONE)):
                directory = Path(parent) / f"{name}{number}"
                with running(directory, _CLOCK + SMALL + reporter, fresh=True) as master:
                    for _ in range(_RECONFIGS):
                        master.reconfigure()
                seconds = [float(line) for line in (directory / "reconfigs").read_text().splitlines()]
                medians[name].append(statistics.median(seconds[1:]) * 1000)
    ours, none = (statistics.median(medians[name]) for name in ("ours", "none"))
    return {
        "reconfig_ms": round(ours, 1),
        "without_ms": round(none, 1),
        "reconfig_vs_none": round(ours / none, 2),
    }
