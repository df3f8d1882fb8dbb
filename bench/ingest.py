"""Durable reports a second over 64 connections, beside nginx's constant 200 and beside an afternoon's collector."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench._fleet import bodies
from bench._peers import Load, cpu_seconds, free_port, nginx, pack, postgresql, process, wait_for, wrk

_SECONDS = int(os.environ.get("HEADCOUNT_BENCH_SECONDS", "5"))  # of each load
_ROUNDS = int(os.environ.get("HEADCOUNT_BENCH_ROUNDS", "3"))
_BODIES = 60_000  # more than one load sends here, so that hardly one is sent twice
_GZIP = "Content-Type=application/json;Content-Encoding=gzip"
_PLAIN = "Content-Type=application/json"


def measure() -> dict[str, float]:
    """Medians over rounds, in each of which all are measured in turn.

    ``vs_nginx``: `headcount ingest`, whose inbox nobody loads, over nginx. ``vs_nginx_loading``: `headcount serve`, which
    loads what it takes in. ``vs_afternoon``: `headcount ingest` over the afternoon's. ``p99_ms``: of `headcount serve`.
    ``cpu_us``: processor time for each report, which a busy machine changes least.
    """
    rounds: dict[str, list[Load]] = {"nginx": [], "ingest": [], "serve": [], "afternoon": []}
    cpu: dict[str, list[float]] = {"ingest": [], "serve": [], "afternoon": []}
    with tempfile.TemporaryDirectory(prefix="headcount-bench-") as name:
        directory = Path(name)
        reports = [json.dumps(body, separators=(",", ":")).encode() for body in bodies(_BODIES)]
        plain = pack(directory / "plain", reports)
        packed = pack(directory / "packed", (gzip.compress(report, 6, mtime=0) for report in reports))
        with nginx(directory / "nginx") as constant, postgresql(directory / "postgresql") as (database, postgres):
            for number in range(_ROUNDS):
                rounds["nginx"].append(wrk(constant, packed, _SECONDS, _GZIP))
                for command in ("ingest", "serve"):
                    data = directory / f"{command}-{number}"
                    with _headcount(command, data) as (url, pid):
                        before = cpu_seconds(pid)
                        load = wrk(f"{url}/v1/reports", packed, _SECONDS, _GZIP)
                        cpu[command].append((cpu_seconds(pid) - before) / load.requests)
                    rounds[command].append(load)
                    if command == "ingest":
                        assert _waiting(data) >= load.requests, "what was acknowledged is there"
                with _afternoon(database) as (url, pid):
                    before = cpu_seconds(pid, postgres)
                    load = wrk(f"{url}/reports", plain, _SECONDS, _PLAIN)
                    cpu["afternoon"].append((cpu_seconds(pid, postgres) - before) / load.requests)
                    rounds["afternoon"].append(load)
    figures = {
        f"{who}_per_s": round(statistics.median(load.per_second for load in loads)) for who, loads in rounds.items()
    }
    return {
        **{name: float(value) for name, value in figures.items()},
        **{f"{who}_cpu_us": round(statistics.median(spent) * 1e6, 1) for who, spent in cpu.items()},
        "vs_nginx": _ratio(rounds, "ingest", "nginx"),
        "vs_nginx_loading": _ratio(rounds, "serve", "nginx"),
        "vs_afternoon": _ratio(rounds, "ingest", "afternoon"),
        "p99_ms": round(statistics.median(load.p99_ms for load in rounds["serve"]), 1),
        "p99_ms_ingest": round(statistics.median(load.p99_ms for load in rounds["ingest"]), 1),
        "p99_ms_afternoon": round(statistics.median(load.p99_ms for load in rounds["afternoon"]), 1),
    }


def _ratio(rounds: dict[str, list[Load]], ours: str, peer: str) -> float:
    pairs = zip(rounds[ours], rounds[peer], strict=True)
    return round(statistics.median(one.per_second / other.per_second for one, other in pairs), 3)


@contextlib.contextmanager
def _headcount(command: str, data: Path) -> Iterator[tuple[str, int]]:
    port = free_port()
    arguments = ("--data", str(data), "--port", str(port), "--quota", "0")
    with process(sys.executable, "-m", "headcount", command, *arguments, quiet=False) as pid:
        wait_for(port)
        yield f"http://127.0.0.1:{port}", pid


def _waiting(data: Path) -> int:
    with contextlib.closing(sqlite3.connect(data / "inbox" / "ingest-1.sqlite")) as inbox:
        return int(inbox.execute("SELECT count(*) FROM arrivals").fetchone()[0])


@contextlib.contextmanager
def _afternoon(database: str) -> Iterator[tuple[str, int]]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "bench.afternoon:app", "--port", str(port), "--no-access-log"]
    with process(*command, "--log-level", "warning", quiet=False, env={"DATABASE": database}) as pid:
        wait_for(port)
        yield f"http://127.0.0.1:{port}", pid
