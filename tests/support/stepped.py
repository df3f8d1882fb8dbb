"""A real server whose clock steps while it runs: Debian's libfaketime is between it and the system."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.requires import require
from tests.support.serving import Served

_LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


def need_faketime() -> None:
    """Skip the test where Debian's faketime is missing."""
    require(None if _LIBRARIES else "faketime is missing: apt-get install -y faketime")


class SteppedClock:
    """What a process sees of the time: the machine's, off by what was set last, such as ``+1200d`` or ``-9h``."""

    def __init__(self, path: Path, off: str = "+0") -> None:
        self._path = path
        self.set(off)

    def set(self, off: str) -> None:
        """Set the clock: at once, and never a part of it."""
        fresh = self._path.with_name("fresh")
        fresh.write_text(off)
        fresh.replace(self._path)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that sees it; the seconds that only pass are the machine's."""
        return {
            **os.environ,
            "LD_PRELOAD": str(_LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._path),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


@contextmanager
def serving_stepped(clock: SteppedClock, data: Path, errors: Path, command: str = "serve") -> Iterator[Served]:
    """Keep a server, or with ``ingest`` one more process, running over ``data`` under the clock."""
    arguments = [sys.executable, "-m", "headcount", command, "--data", str(data), "--port", "0"]
    with (
        errors.open("wb") as err,
        subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=err, env=clock.environment, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(3 if command == "serve" else 2)]
            assert "takes reports at" in lines[0], errors.read_text()
            url = lines[0].split(" at ")[1].split()[0].rstrip(".")
            token = lines[1].partition("token=")[2].strip()
            yield Served(data, url, token, process, errors, process.stdout)  # type: ignore[arg-type]  # it has what is used
        finally:
            process.kill()
