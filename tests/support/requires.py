"""What a test needs of the machine."""

from __future__ import annotations

import os

import pytest


def require(reason: str | None) -> None:
    """Skip the test where there is a reason; fail it instead where ``HEADCOUNT_REQUIRE_ALL=1``."""
    if reason is None:
        return
    if os.environ.get("HEADCOUNT_REQUIRE_ALL") == "1":
        pytest.fail(f"HEADCOUNT_REQUIRE_ALL is set, and {reason}")
    pytest.skip(reason)
