"""How long the ``headcount`` command takes to start, beside an interpreter that does nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench._paired import paired

_RUNS = 15


def measure() -> dict[str, float]:
    """``help_ms``: ``headcount --help`` from start to end; ``help_vs_python``: over ``python -c pass``."""
    command = str(Path(sys.executable).parent / "headcount")

    def ours() -> None:
        subprocess.run([command, "--help"], check=True, capture_output=True)

    def peer() -> None:
        subprocess.run([sys.executable, "-c", "pass"], check=True, capture_output=True)

    result = paired(ours, peer, _RUNS)
    return {"help_ms": round(result.ours * 1000, 1), "help_vs_python": round(result.ratio, 2)}
