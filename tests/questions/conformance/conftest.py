"""The fleet of the suite, loaded once in a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.conformance import conformance_fleet
from tests.support.loaded import Fleet


@pytest.fixture(scope="session")
def loaded() -> Iterator[Fleet]:
    """The fleet in DuckDB."""
    with conformance_fleet() as fleet:
        yield fleet
