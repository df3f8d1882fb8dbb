"""Attacks from one block of addresses on a real server with default settings, while another block reports."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from pathlib import Path
from typing import Self

import pytest

from tests.support.attacks import ATTACKS, Fleet, attacking
from tests.support.serving import Served, serving

SECONDS = float(os.environ.get("HEADCOUNT_ATTACK_SECONDS", "60"))
_MOST_MIB = 400
_SLOWEST = 0.25  # seconds


class Memory:
    """The largest resident memory of a process, looked at ten times a second; in MiB."""

    def __init__(self, pid: int) -> None:
        self.largest = 0.0
        self._path = Path(f"/proc/{pid}/status")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            lines = self._path.read_text().splitlines()
            self.largest = max(
                self.largest, next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
            )


def _report(port: int, net: int, seconds: float) -> Fleet:
    fleet = Fleet(net)
    asyncio.run(fleet.report(port, seconds))
    return fleet


def _closed(served: Served) -> str:
    page = served.request("GET", "/metrics", headers={"Authorization": f"Bearer {served.token}"}).body.decode()
    lines = [line for line in page.splitlines() if line.startswith("headcount_connections_closed_total{")]
    return ", ".join(line.partition("why=")[2].replace("}", "") for line in lines)


@pytest.mark.soak
@pytest.mark.parametrize("name", ATTACKS)
def test_a_block_that_attacks_hurts_no_other(tmp_path: Path, name: str) -> None:
    """For a minute: all reports of the other block are taken, in 250 ms but for 1%, and 400 MiB are enough."""
    with serving(tmp_path / "data", tmp_path / "stderr") as served:
        port = int(served.url.rpartition(":")[2])
        quiet = _report(port, 3, SECONDS / 4)
        with Memory(served.process.pid) as memory, attacking(name, port):
            time.sleep(min(5.0, SECONDS / 4))  # it is under way
            fleet = _report(port, 2, SECONDS)
        answers = {f"{path} {status}": count for (path, status), count in sorted(fleet.answers.items())}
        sys.stdout.write(
            f"\n{name}: {answers}, p99 {fleet.p99 * 1000:.0f} ms, slowest {max(fleet.seconds) * 1000:.0f} ms, "
            f"{memory.largest:.0f} MiB; without an attack p99 {quiet.p99 * 1000:.0f} ms; ended: {_closed(served)}\n"
        )
        assert fleet.answers.keys() == {("/v1/reports", 202), ("/events/phone_home", 200)}
        assert fleet.p99 < _SLOWEST
        assert memory.largest < _MOST_MIB
        assert served.stop() == ""
