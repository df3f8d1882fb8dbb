"""How long a report waits while eight of the dearest questions are asked, beside the same without questions."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench._dashboard import Dashboard, dashboard
from bench._fleet import bodies
from headcount.contract import REPORTS_PATH

_INSTALLATIONS = 20_000
_REPORTS = 1_000_000
_AT_ONCE = 8
_SECONDS = int(os.environ.get("HEADCOUNT_BENCH_SECONDS", "20"))  # of each measurement
_PAUSE = 0.01  # seconds between two reports
_DEAREST: tuple[tuple[str, dict[str, str]], ...] = (
    ("upgrades", {"by": "4.3.0"}),
    ("combinations", {"by": "pair", "basis": "seen", "since": "2024-11-01"}),
    ("installs", {"by": "day", "basis": "seen", "since": "2024-11-01"}),
    ("installs", {"by": "week", "basis": "seen", "since": "2024-11-01"}),
    ("plugins", {"by": "bands", "basis": "seen", "since": "2024-11-01"}),
    ("installs", {"by": "day", "basis": "seen", "since": "2024-11-01", "format": "svg"}),
    ("combinations", {"by": "pair", "format": "csv"}),
    ("upgrades", {"by": "4.3.0", "format": "png"}),
)
"""What took longest of all that can be asked of such a fleet with a condition of which nearly all are, and two pictures."""


def measure() -> dict[str, float]:
    """Milliseconds from a report to its 202 at the 99th percentile, and the most.

    ``busy_p99_ms``, ``busy_max_ms``: while eight people each ask one of the dearest questions after the other, none twice;
    ``idle_p99_ms``, ``idle_max_ms``: while nobody asks; ``busy_asked_per_s``: answers that the eight got.
    """
    with (
        tempfile.TemporaryDirectory(prefix="headcount-bench-") as name,
        dashboard(Path(name) / "data", _INSTALLATIONS, _REPORTS) as server,
    ):
        idle = _reported(server)
        with _asking(server) as answers:
            busy = _reported(server)
        asked = len(answers)
    return {
        "busy_p99_ms": _p99(busy),
        "busy_max_ms": round(max(busy), 1),
        "idle_p99_ms": _p99(idle),
        "idle_max_ms": round(max(idle), 1),
        "busy_asked_per_s": round(asked / _SECONDS, 2),
    }


def _reported(server: Dashboard) -> list[float]:
    """Send one report after the other; return how many milliseconds each waited for its answer."""
    sent = [json.dumps(body).encode() for body in bodies(500)]
    waited = []
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)) as connection:
        end = time.monotonic() + _SECONDS
        for body in itertools.cycle(sent):
            if time.monotonic() > end:
                break
            start = time.perf_counter()
            connection.request("POST", REPORTS_PATH, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            waited.append((time.perf_counter() - start) * 1000)
            assert answer.status == 202, answer.status
            time.sleep(_PAUSE)
    return waited


@contextmanager
def _asking(server: Dashboard) -> Iterator[list[Any]]:
    """While the context lasts, eight people ask; yield a list that grows by each answer's status."""
    stop = threading.Event()
    statuses: list[Any] = []
    people = [threading.Thread(target=_ask, args=(server, number, stop, statuses)) for number in range(_AT_ONCE)]
    for each in people:
        each.start()
    try:
        yield statuses
    finally:
        stop.set()
        for each in people:
            each.join()


def _ask(server: Dashboard, number: int, stop: threading.Event, statuses: list[Any]) -> None:
    question, parameters = _DEAREST[number]
    for turn in itertools.count():
        if stop.is_set():
            return
        query = urlencode({**parameters, "where": f"buildbot >= 0.{number}.{turn}"})
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)) as connection:
            connection.request(
                "GET", f"/api/ask/{question}?{query}", headers={"Authorization": f"Bearer {server.token}"}
            )
            answer = connection.getresponse()
            answer.read()
            assert answer.status in (200, 503), answer.status
            statuses.append(answer.status)


def _p99(waited: list[float]) -> float:
    return round(statistics.quantiles(waited, n=100, method="inclusive")[-1], 1)
