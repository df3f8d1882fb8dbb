"""How long a warehouse takes to open and to take a report, beside DuckDB."""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from pathlib import Path

import duckdb

from bench._paired import paired
from headcount.contract import Arrival, Profile, Release
from headcount.warehouse.duckdb import DuckWarehouse

_RUNS = 15


def measure() -> dict[str, float]:
    """``open_empty_ms``: until an empty warehouse in memory is ready; ``open_empty_more_ms``: over what DuckDB takes.

    ``open_again_ms``, ``open_again_more_ms``: of a file that is an empty warehouse. ``load_one_ms``: a report, where there
    is none before it.
    """

    def ours() -> None:
        DuckWarehouse(":memory:").close()

    def peer() -> None:
        duckdb.connect(":memory:").close()

    empty = paired(ours, peer, _RUNS)
    with tempfile.TemporaryDirectory(prefix="headcount-bench-") as name:
        path = Path(name) / "warehouse.duckdb"
        DuckWarehouse(path).close()
        again = paired(lambda: DuckWarehouse(path).close(), lambda: duckdb.connect(str(path)).close(), _RUNS)
    return {
        "open_empty_ms": _ms(empty.ours),
        "open_empty_more_ms": _ms(empty.ours - empty.peer),
        "open_again_ms": _ms(again.ours),
        "open_again_more_ms": _ms(again.ours - again.peer),
        "load_one_ms": _ms(_load_one()),
    }


def _load_one() -> float:
    content = Profile("headcount", "basic", buildbot=Release(4, 3, 0)).canonical()
    taken = []
    with contextlib.closing(DuckWarehouse(":memory:")) as warehouse:
        for number in range(1, _RUNS + 1):
            start = time.perf_counter()
            warehouse.load([Arrival(1_790_000_000 + number, number, 1, content)], inbox="bench", through=number)
            taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
