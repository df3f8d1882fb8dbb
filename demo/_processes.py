"""Real processes: started, watched, and ended by their own ids."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_BIN = Path(sys.executable).parent
_PATIENCE = 60.0  # seconds to wait for what takes a few


class DemoFailed(Exception):
    """Something that the demo shows did not happen; the message says what, and where the log is."""


def command(name: str) -> str:
    """The path of a command of this environment."""
    return str(_BIN / name)


def run(*arguments: str, cwd: Path | None = None) -> str:
    """Run a command to its end and return what it printed. Raises `DemoFailed` where it failed."""
    done = subprocess.run(arguments, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise DemoFailed(f"{' '.join(arguments)} failed:\n{done.stderr}")
    return done.stdout


@contextmanager
def running(arguments: list[str], log: Path, cwd: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Keep a process running; what it prints goes to ``log``."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            arguments, cwd=cwd, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **environment}
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(what: str, log: Path, find: Callable[[str], str | None]) -> str:
    """Wait until ``find`` finds something in a log; return it. Raises `DemoFailed` where it takes too long."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        found = find(log.read_text(errors="replace") if log.exists() else "")
        if found is not None:
            return found
        time.sleep(0.05)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:]) if log.exists() else "(it does not exist)"
    raise DemoFailed(f"{what} did not happen within {_PATIENCE:.0f} s. The end of {log}:\n{tail}")


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
