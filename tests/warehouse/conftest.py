"""Each engine, and an empty warehouse of it.

Over ClickHouse a test runs in the soak, unless its mark ``clickhouse`` says for ``recent`` or ``cluster`` that it is of each
run of the tests (``test``), of `.ci/run` (``ci``), or of DuckDB alone (``never``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from headcount.warehouse import Warehouse
from tests.support.engines import ENGINES, Engine

_MARKS = {"test": (), "ci": (pytest.mark.ci,), "soak": (pytest.mark.soak,)}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what asks for an engine over each."""
    if "engine" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("clickhouse")
        runs = {"duckdb": "test", "recent": "soak", "cluster": "soak", **(mark.kwargs if mark else {})}
        chosen = [pytest.param(name, marks=_MARKS[runs[name]]) for name in ENGINES if runs[name] != "never"]
        metafunc.parametrize("engine", chosen, indirect=True, scope="session")


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest, engines: Callable[[str], Engine]) -> Engine:
    """What opens a warehouse of an engine."""
    return engines(request.param)


@pytest.fixture
def warehouse(engine: Engine) -> Iterator[Warehouse]:
    """A new, empty warehouse."""
    with closing(engine()) as opened:
        yield opened
