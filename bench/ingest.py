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
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bench._fleet import bodies, repeated
from bench._peers import Load, cpu_seconds, free_port, nginx, pack, postgresql, process, wait_for, wrk

_SECONDS = int(os.environ.get("HEADCOUNT_BENCH_SECONDS", "5"))  # of each load
_ROUNDS = int(os.environ.get("HEADCOUNT_BENCH_ROUNDS", "3"))
_BODIES = 60_000  # more than one load sends here, so that hardly one is sent twice
_GZIP = "Content-Type=application/json;Content-Encoding=gzip"
_PLAIN = "Content-Type=application/json"
_OURS = {"ingest": ("ingest", "ingest"), "ingest_alone": ("ingest",), "serve": ("serve", "ingest")}
_THEIRS = {"afternoon": 2, "afternoon_alone": 1}


def measure() -> dict[str, float]:
    """Medians over rounds, in each of which all are measured in turn.

    ``vs_nginx``: two `headcount ingest`, whose inboxes nobody loads, over nginx with two workers. ``vs_nginx_loading``:
    `headcount serve` with one `headcount ingest` beside it, both of which it loads. ``vs_afternoon``: two `headcount ingest`
    over the afternoon's with two workers; ``vs_afternoon_alone``: one process over one. ``p99_ms``: of what is loaded
    meanwhile. ``cpu_us``: processor time for each report, which a busy machine changes least. ``repeated``: the share of
    the bodies that say what one before them said.
    """
    rounds: dict[str, list[Load]] = defaultdict(list)
    cpu: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="headcount-bench-") as name:
        directory = Path(name)
        sent = [*bodies(_BODIES)]
        reports = [json.dumps(body, separators=(",", ":")).encode() for body in sent]
        plain = pack(directory / "plain", reports)
        packed = pack(directory / "packed", (gzip.compress(report, 6, mtime=0) for report in reports))
        with nginx(directory / "nginx") as constant, postgresql(directory / "postgresql") as (database, postgres):
            for number in range(_ROUNDS):
                rounds["nginx"].append(wrk([constant], "/", packed, _SECONDS, _GZIP))
                for who, commands in _OURS.items():
                    data = directory / f"{who}-{number}"
                    with _headcount(commands, data) as (ports, pids):
                        load, spent = _measured(pids, ports, "/v1/reports", packed, _GZIP)
                    rounds[who].append(load)
                    cpu[who].append(spent)
                    if "serve" not in commands:
                        assert _waiting(data) >= load.requests, "what was acknowledged is there"
                for who, workers in _THEIRS.items():
                    with _afternoon(database, workers) as (port, pid):
                        load, spent = _measured([pid, postgres], [port], "/reports", plain, _PLAIN)
                    rounds[who].append(load)
                    cpu[who].append(spent)
    return {
        **{f"{who}_per_s": float(round(_median(load.per_second for load in loads))) for who, loads in rounds.items()},
        **{f"{who}_cpu_us": round(_median(spent) * 1e6, 1) for who, spent in cpu.items()},
        **{f"{who}_p99_ms": round(_median(load.p99_ms for load in loads), 1) for who, loads in rounds.items()},
        "vs_nginx": _ratio(rounds, "ingest", "nginx"),
        "vs_nginx_loading": _ratio(rounds, "serve", "nginx"),
        "vs_afternoon": _ratio(rounds, "ingest", "afternoon"),
        "vs_afternoon_alone": _ratio(rounds, "ingest_alone", "afternoon_alone"),
        "p99_ms": round(_median(load.p99_ms for load in rounds["serve"]), 1),
        "repeated": round(repeated(sent), 3),
    }


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)


def _ratio(rounds: dict[str, list[Load]], ours: str, peer: str) -> float:
    pairs = zip(rounds[ours], rounds[peer], strict=True)
    return round(_median(one.per_second / other.per_second for one, other in pairs), 3)


def _measured(pids: Sequence[int], ports: Sequence[int], path: str, packed: Path, headers: str) -> tuple[Load, float]:
    """A load, and the processor time for each report in seconds."""
    before = cpu_seconds(*pids)
    load = wrk(ports, path, packed, _SECONDS, headers)
    return load, (cpu_seconds(*pids) - before) / load.requests


@contextlib.contextmanager
def _headcount(commands: Sequence[str], data: Path) -> Iterator[tuple[list[int], list[int]]]:
    """Processes of ours on one data directory: their ports and ids."""
    ports, pids = [free_port() for _ in commands], []
    with contextlib.ExitStack() as stack:
        for command, port in zip(commands, ports, strict=True):
            arguments = ("--data", str(data), "--port", str(port), "--quota", "0")
            pids.append(
                stack.enter_context(process(sys.executable, "-m", "headcount", command, *arguments, quiet=False))
            )
            wait_for(port)
        yield ports, pids


def _waiting(data: Path) -> int:
    count = 0
    for path in (data / "inbox").glob("*.sqlite"):
        with contextlib.closing(sqlite3.connect(path)) as inbox:
            count += int(inbox.execute("SELECT count(*) FROM arrivals").fetchone()[0])
    return count


@contextlib.contextmanager
def _afternoon(database: str, workers: int) -> Iterator[tuple[int, int]]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "bench.afternoon:app", "--port", str(port), "--no-access-log"]
    command += ["--log-level", "warning", "--workers", str(workers)]
    with process(*command, quiet=False, env={"DATABASE": database}) as pid:
        wait_for(port)
        yield port, pid
