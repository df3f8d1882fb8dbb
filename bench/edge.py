"""Processor time of a report: on the edge, on what was before it, and as a plain application under uvicorn as it comes."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench._fleet import bodies
from bench._peers import cpu_seconds, free_port, process, wait_for

_REPORTS = int(os.environ.get("HEADCOUNT_BENCH_REPORTS", "20000"))  # of each load
_ROUNDS = int(os.environ.get("HEADCOUNT_BENCH_ROUNDS", "3"))
_CONNECTIONS = 64
_ROOT = Path(__file__).parent.parent
_EDGE = "src/headcount/server/http/edge.py"


def measure() -> dict[str, float]:
    """Medians over rounds, in each of which all are measured in turn, in microseconds of processor for each report.

    ``edge_us``: one `headcount ingest` of this working copy; ``before_us``: of the commit before the edge came, or of
    HEADCOUNT_BENCH_BEFORE; ``plain_us``: `bench.plain` under uvicorn. Everything that a report costs is in it: reading,
    scrubbing and making it durable. ``vs_before`` and ``vs_plain``: the medians of the ratios, round by round.
    """
    spent: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="headcount-bench-") as name:
        directory = Path(name)
        _unpack(directory / "before")
        requests = [_request(json.dumps(body, separators=(",", ":")).encode()) for body in bodies(_REPORTS)]
        for number in range(_ROUNDS):
            for who, source in (
                ("edge", _ROOT / "src"),
                ("before", directory / "before/src"),
                ("plain", _ROOT / "src"),
            ):
                data = directory / f"{who}-{number}"
                data.mkdir()
                with _serving(who, source, data) as (port, pid):
                    asyncio.run(_send(port, requests[:200]))
                    begin = cpu_seconds(pid)
                    asyncio.run(_send(port, requests))
                    spent[who].append((cpu_seconds(pid) - begin) / len(requests) * 1e6)
    return {
        **{f"{who}_us": round(statistics.median(each), 1) for who, each in spent.items()},
        "vs_before": _ratio(spent["edge"], spent["before"]),
        "vs_plain": _ratio(spent["edge"], spent["plain"]),
    }


def _ratio(ours: Sequence[float], peers: Sequence[float]) -> float:
    return round(statistics.median(one / other for one, other in zip(ours, peers, strict=True)), 3)


def _unpack(into: Path) -> None:
    """Lay down the sources of the commit to compare with."""
    git = ["git", "-C", str(_ROOT)]
    commit = os.environ.get("HEADCOUNT_BENCH_BEFORE")
    if commit is None:
        found = [*git, "log", "--diff-filter=A", "--format=%H^", "-1", "--", _EDGE]
        commit = subprocess.run(found, check=True, capture_output=True, text=True).stdout.strip()
    into.mkdir()
    packed = subprocess.run([*git, "archive", commit, "src"], check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", str(into)], check=True, input=packed)


def _request(report: bytes) -> bytes:
    body = gzip.compress(report, 6, mtime=0)
    return (
        b"POST /v1/reports HTTP/1.1\r\nHost: headcount.example.org\r\nUser-Agent: Headcount\r\nAccept-Encoding: identity\r\n"
        b"Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    )


@contextlib.contextmanager
def _serving(who: str, source: Path, data: Path) -> Iterator[tuple[int, int]]:
    port = free_port()
    command = [sys.executable, "-m", "headcount", "ingest", "--data", str(data), "--port", str(port), "--quota", "0"]
    if who == "plain":
        command = [sys.executable, "-m", "uvicorn", "bench.plain:app", "--port", str(port), "--no-access-log"]
        command += ["--log-level", "critical"]
    environment = {"PYTHONPATH": f"{source}:{_ROOT}", "DATA": str(data)}
    with process(*command, quiet=False, env=environment) as pid:
        wait_for(port)
        yield port, pid


async def _send(port: int, requests: Sequence[bytes]) -> None:
    """Send requests over some connections, the next on each when the one before was answered 202."""

    async def one(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in requests[number::_CONNECTIONS]:
            writer.write(request)
            answer = await reader.readuntil(b"\r\n\r\n{}")
            assert answer.startswith(b"HTTP/1.1 202 "), answer
        writer.close()

    await asyncio.gather(*map(one, range(_CONNECTIONS)))
