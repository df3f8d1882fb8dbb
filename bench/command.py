"""How long the ``headcount`` command takes to start, beside an interpreter that does nothing; and the reporter's import."""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

from bench._paired import paired

_RUNS = 15


def measure() -> dict[str, float]:
    """``help_ms``: ``headcount --help`` from start to end; ``help_vs_python``: over ``python -c pass``.

    ``entry_point_import_ms``: the import that each start of a master waits for, of the module behind Buildbot's entry point.
    """
    command = str(Path(sys.executable).parent / "headcount")

    def ours() -> None:
        subprocess.run([command, "--help"], check=True, capture_output=True)

    def peer() -> None:
        subprocess.run([sys.executable, "-c", "pass"], check=True, capture_output=True)

    result = paired(ours, peer, _RUNS)
    return {
        "help_ms": round(result.ours * 1000, 1),
        "help_vs_python": round(result.ratio, 2),
        "entry_point_import_ms": round(statistics.median(_import_ms() for _ in range(_RUNS)), 2),
    }


def _import_ms() -> float:
    """With all that it imports, as ``-X importtime`` has it: microseconds, of which the second column is cumulative."""
    arguments = [sys.executable, "-X", "importtime", "-c", "import headcount.client"]
    told = subprocess.run(arguments, check=True, capture_output=True, text=True).stderr.splitlines()[-1]
    _, cumulative, module = told.split("|")
    assert module.strip() == "headcount.client"
    return int(cumulative) / 1000
