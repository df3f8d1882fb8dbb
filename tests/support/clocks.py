"""The clock of a machine, as a test sets it: time passes, and the clock may step."""

from __future__ import annotations

from pathlib import Path

from headcount.server.data.clock import Clock


class Machine:
    """A machine with a clock (Unix time) and the seconds since it was booted."""

    def __init__(self, now: float, earliest: float = 0.0) -> None:
        """``earliest``: Unix time before which its clock is not right."""
        self.now = now
        self.earliest = earliest
        self.passed = 1_000.0

    def skip(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        self.passed += seconds

    def step(self, seconds: float) -> None:
        """Set the clock on or back."""
        self.now += seconds

    def clock(self, path: Path) -> Clock:
        """Return the clock of a data directory on this machine."""
        return Clock(path, lambda: self.now, lambda: self.passed, self.earliest)
