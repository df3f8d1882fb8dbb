"""Processor time of ``headcount serve`` while nothing comes and at four reports a second, beside one that loads at once."""

from __future__ import annotations

import http.client
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import orjson

from bench._fleet import bodies
from bench._peers import cpu_seconds, free_port, process, wait_for

_SECONDS = int(os.environ.get("HEADCOUNT_BENCH_SECONDS", "60"))
_BEFORE = os.environ.get("HEADCOUNT_BENCH_BEFORE")  # a checkout of another commit
_FLEET = ("--installs", "5000", "--days", "400")
_PER_SECOND = 4
_TRIES = 3
_SETTLED = 15  # seconds after a start, with the first chores


class _Server(NamedTuple):
    port: int
    metrics: int
    pid: int


def measure() -> dict[str, float]:
    """``idle_percent``, ``percent``: of a core, while nothing comes and at four reports a second, over a small fleet's data.

    ``at_once_…``: of a server that loads what waits at each look (``--load-seconds 0``); ``before_…``: of the checkout that
    ``HEADCOUNT_BENCH_BEFORE`` names, if any. All get the same reports at the same time. ``fresh_s``: seconds until a report
    is in the answers that came just after a load, the longest of some.
    """
    with tempfile.TemporaryDirectory(prefix="headcount-bench-") as name, ExitStack() as stack:
        data = Path(name)
        command = [sys.executable, "-m", "headcount", "simulate", *_FLEET, "--into", str(data / "fleet")]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        ways = {"": (), "at_once_": ("--load-seconds", "0"), **({"before_": ()} if _BEFORE else {})}
        servers = {}
        for way, options in ways.items():
            shutil.copytree(data / "fleet", data / f"data-{way}")
            servers[way] = stack.enter_context(
                _server(data / f"data-{way}", options, _BEFORE if way == "before_" else None)
            )
        reports = itertools.cycle(map(orjson.dumps, bodies(_PER_SECOND * _SECONDS + 50)))
        time.sleep(_SETTLED)
        idle = _shares(servers, None)
        _send(servers, next(reports))
        busy = _shares(servers, reports)
        fresh = max(_until_loaded(servers[""], reports) for _ in range(_TRIES))
    return {
        **{f"{way}idle_percent": round(100 * share, 2) for way, share in idle.items()},
        **{f"{way}percent": round(100 * share, 2) for way, share in busy.items()},
        "fresh_s": round(fresh, 1),
    }


@contextmanager
def _server(data: Path, options: tuple[str, ...], sources: str | None) -> Iterator[_Server]:
    port, metrics = free_port(), free_port()
    arguments = ["serve", "--data", str(data), "--port", str(port), "--metrics", f"127.0.0.1:{metrics}", *options]
    environment = {} if sources is None else {"PYTHONPATH": str(Path(sources) / "src")}
    with process(sys.executable, "-m", "headcount", *arguments, env=environment) as pid:
        wait_for(port)
        yield _Server(port, metrics, pid)


def _shares(servers: dict[str, _Server], reports: Iterator[bytes] | None) -> dict[str, float]:
    """Return the share of a core that each server takes while reports come, or while nothing does."""
    before = {way: cpu_seconds(server.pid) for way, server in servers.items()}
    start = time.monotonic()
    for number in range(_PER_SECOND * _SECONDS):
        time.sleep(max(0.0, start + number / _PER_SECOND - time.monotonic()))
        if reports is not None:
            _send(servers, next(reports))
    seconds = time.monotonic() - start
    return {way: (cpu_seconds(server.pid) - before[way]) / seconds for way, server in servers.items()}


def _send(servers: dict[str, _Server], body: bytes) -> None:
    for server in servers.values():
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
            connection.request("POST", "/v1/reports", body, {"Content-Type": "application/json"})
            assert connection.getresponse().status == 202


def _until_loaded(server: _Server, reports: Iterator[bytes]) -> float:
    """Return after how many seconds a report is loaded that comes just after another load."""
    for _ in range(2):
        loaded = _loaded(server)
        _send({"": server}, next(reports))
        start = time.monotonic()
        while _loaded(server) == loaded:
            time.sleep(0.1)
    return time.monotonic() - start


def _loaded(server: _Server) -> float:
    with closing(http.client.HTTPConnection("127.0.0.1", server.metrics, timeout=30)) as connection:
        connection.request("GET", "/metrics")
        found = re.search(rb"^headcount_loaded_reports (\S+)", connection.getresponse().read(), re.MULTILINE)
        assert found is not None
        return float(found[1])
