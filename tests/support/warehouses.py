"""The engines over which the suites of the warehouse run: how each opens a warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from headcount.warehouse import Warehouse
from headcount.warehouse.duckdb import DuckWarehouse


class Engine(Protocol):
    """Opens a warehouse: a new one in memory, or the one at a path, which is made where there is none."""

    def __call__(self, path: Path | None = None, key: str | None = None) -> Warehouse: ...


def _duckdb(path: Path | None = None, key: str | None = None) -> Warehouse:
    return DuckWarehouse(":memory:" if path is None else path, key, threads=1)  # quicker where there is little


ENGINES: Mapping[str, Engine] = {"duckdb": _duckdb}
"""By name; an engine that loads is entered here, and every suite runs over it too."""
