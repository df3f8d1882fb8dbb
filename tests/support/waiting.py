"""Waiting for a condition, with a bound."""

from __future__ import annotations

import time
from collections.abc import Callable

_PATIENCE = 60.0  # seconds; what is waited for takes one or two, on a busy machine a few more
_PAUSE = 0.02


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Return once ``condition`` holds; fail with ``what`` did not happen where it does not in time."""
    end = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < end, f"it did not happen that {what}"
        time.sleep(_PAUSE)
