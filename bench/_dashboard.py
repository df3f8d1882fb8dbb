"""A real server over a large fleet, to look at its dashboard and to ask it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from bench._large_fleet import build
from headcount.ingest import load_key

_OPTIONS = ("--port=0", "--quota=0", "--question-quota=0", "--load-seconds=0")


class Dashboard(NamedTuple):
    """A server on a port of 127.0.0.1, the token of a maintainer, and the id of its process."""

    port: int
    token: str
    pid: int


@contextmanager
def dashboard(data: Path, installations: int, reports: int) -> Iterator[Dashboard]:
    """Make a data directory with a warehouse of so many reports, and serve it without any quota."""
    data.mkdir(mode=0o700)
    (data / "HEADCOUNT").write_text("headcount-data 1\n")
    load_key(data / "pseudonym.key")
    with closing(build(data / "warehouse.duckdb", installations, reports)) as warehouse:
        warehouse.rebuild()
    command = [sys.executable, "-m", "headcount", "serve", "--data", str(data), *_OPTIONS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            lines = [server.stdout.readline() for _ in range(3)]
            assert "token=" in lines[1], "the server did not start"
            address, _, token = lines[1].strip().rpartition("/?token=")
            yield Dashboard(int(address.rpartition(":")[2]), token, server.pid)
        finally:
            server.terminate()
