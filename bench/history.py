"""How long ``headcount import`` takes for a million reports, beside a ``COPY`` of the same lines into a ``jsonb`` column."""

from __future__ import annotations

import heapq
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from bench._peers import postgresql

_REPORTS = int(os.environ.get("HEADCOUNT_BENCH_REPORTS", "1000000"))
_DAYS = 730
_EACH = 10.8  # reports of an installation in those days
_FLEETS = os.cpu_count() or 1  # that are simulated at the same time
_HEADCOUNT = str(Path(sys.executable).parent / "headcount")


def measure() -> dict[str, float]:
    """``import_s_per_million``: of a file of so many reports of one fleet, in the order of time, into an empty directory.

    ``import_cpu_s_per_million``: the processor time of all its processes; ``vs_copy``: the time over that of the ``COPY``.
    ``HEADCOUNT_BENCH_REPORTS`` makes the fleet smaller.
    """
    with tempfile.TemporaryDirectory(prefix="headcount-bench-") as name:
        directory = Path(name)
        file = directory / "reports.ndjson"
        reports = _write(file, directory)
        before = os.times()
        ours = _seconds(_HEADCOUNT, "import", str(file), "--data", str(directory / "data"))
        after = os.times()
        with postgresql(directory / "postgresql") as (database, _):
            theirs = _copy(database, file)
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return {
        "reports": reports,
        "import_s_per_million": round(ours / reports * 1e6, 1),
        "import_cpu_s_per_million": round(cpu / reports * 1e6, 1),
        "vs_copy": round(ours / theirs, 2),
    }


def _write(file: Path, directory: Path) -> int:
    """Simulate the fleet, in parts, and write its reports; return how many there are."""
    parts = [directory / f"part{number}.ndjson" for number in range(_FLEETS)]
    installs = str(round(_REPORTS / _EACH / _FLEETS))
    running = [
        subprocess.Popen(
            [
                _HEADCOUNT,
                "simulate",
                "--installs",
                installs,
                "--days",
                str(_DAYS),
                "--seed",
                part.stem[4:],
                "--out",
                part,
            ],
            stdout=subprocess.DEVNULL,
        )
        for part in parts
    ]
    assert [process.wait() for process in running] == [0] * _FLEETS
    reports = 0
    with file.open("wb") as out:
        for line in heapq.merge(*map(_lines, parts)):  # they begin with the time
            out.write(line)
            reports += 1
    return reports


def _lines(part: Path) -> Iterator[bytes]:
    with part.open("rb") as lines:
        yield from lines
    part.unlink()


def _seconds(*command: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def _copy(database: str, file: Path) -> float:
    with psycopg.connect(database, autocommit=True) as connection, file.open(encoding="utf-8") as lines:
        connection.execute("CREATE TABLE reports (report jsonb NOT NULL)")
        start = time.perf_counter()
        with connection.cursor().copy("COPY reports FROM STDIN") as copy:
            for line in lines:
                copy.write_row((line,))
        return time.perf_counter() - start
