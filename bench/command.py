"""How long the ``headcount`` command takes, beside an interpreter that does nothing; and the reporter's import."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from pathlib import Path

from bench._paired import paired
from bench._peers import free_port, process, wait_for

_RUNS = 15
_COMMAND = str(Path(sys.executable).parent / "headcount")


def measure() -> dict[str, float]:
    """``help_ms``: ``headcount --help`` from start to end; ``help_vs_python``: over ``python -c pass``.

    ``ask_ms``, ``ask_vs_python``: of ``headcount ask`` where ``headcount serve`` holds the data and answers;
    ``ask_terminal_ms``: likewise on a terminal, where it shows the finding and bars, and ``ask_terminal_vs_pip``: over
    ``pip --version``, a command in Python that many know.
    ``entry_point_import_ms``: the import that each start of a master waits for, of the module behind Buildbot's entry point.
    """

    def shown() -> None:
        subprocess.run([_COMMAND, "--help"], check=True, capture_output=True)

    def peer() -> None:
        subprocess.run([sys.executable, "-c", "pass"], check=True, capture_output=True)

    with _served() as data:

        def asked() -> None:
            subprocess.run([_COMMAND, "ask", "versions", "--data", data], check=True, capture_output=True)

        def asked_on_terminal() -> None:
            _on_terminal(_COMMAND, "ask", "versions", "--data", data)

        def pip() -> None:
            _on_terminal(sys.executable, "-m", "pip", "--version")

        ask = paired(asked, peer, _RUNS)
        shown_on_terminal = paired(asked_on_terminal, pip, _RUNS)
    result = paired(shown, peer, _RUNS)
    return {
        "help_ms": round(result.ours * 1000, 1),
        "help_vs_python": round(result.ratio, 2),
        "ask_ms": round(ask.ours * 1000, 1),
        "ask_vs_python": round(ask.ratio, 2),
        "ask_terminal_ms": round(shown_on_terminal.ours * 1000, 1),
        "ask_terminal_vs_pip": round(shown_on_terminal.ratio, 2),
        "entry_point_import_ms": round(statistics.median(_import_ms() for _ in range(_RUNS)), 2),
    }


def _on_terminal(*command: str) -> None:
    """Run a command whose standard output is a terminal of 80 columns, to its end."""
    master, slave = os.openpty()
    try:
        termios.tcsetwinsize(slave, (40, 80))
        started = subprocess.Popen(command, stdout=slave, stderr=subprocess.DEVNULL)
        os.close(slave)
        shown = b""
        with contextlib.suppress(OSError):  # Linux says so that nobody has the other end open any more
            while read := os.read(master, 65536):
                shown += read
        assert started.wait() == 0, shown
    finally:
        os.close(master)


@contextlib.contextmanager
def _served() -> Iterator[str]:
    """Yield a data directory with a small fleet, which a server serves."""
    with tempfile.TemporaryDirectory(prefix="headcount-bench-") as data:
        fleet = ("--installs", "200", "--days", "60")
        subprocess.run([_COMMAND, "simulate", *fleet, "--into", data], check=True, capture_output=True)
        port = free_port()
        with process(_COMMAND, "serve", "--data", data, "--port", str(port)):
            wait_for(port)
            yield data


def _import_ms() -> float:
    """With all that it imports, as ``-X importtime`` has it: microseconds, of which the second column is cumulative."""
    arguments = [sys.executable, "-X", "importtime", "-c", "import headcount.client"]
    told = subprocess.run(arguments, check=True, capture_output=True, text=True).stderr.splitlines()[-1]
    _, cumulative, module = told.split("|")
    assert module.strip() == "headcount.client"
    return int(cumulative) / 1000
