"""The statements in ``sql/``, and which of them bring the derived tables up to date."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import duckdb

_SQL = files("headcount.warehouse.duckdb").joinpath("sql")
_HAS_KIN = "SELECT EXISTS (FROM origins) OR EXISTS (FROM veterans) OR EXISTS (FROM moved)"


@cache
def script(name: str) -> str:
    """Return the statements of ``sql/NAME.sql``."""
    return _SQL.joinpath(f"{name}.sql").read_text(encoding="utf-8")


def run(cursor: duckdb.DuckDBPyConnection, *names: str, values: Mapping[str, object] | None = None) -> None:
    """Run scripts in their order; ``values``: those of the ``$names`` in their statements."""
    for name in names:
        if values is None:
            cursor.execute(script(name))
            continue
        for statement in cursor.extract_statements(script(name)):
            cursor.execute(statement, {used: values[used] for used in statement.named_parameters})


def derive_from_batch(cursor: duckdb.DuckDBPyConnection) -> None:
    """Add the sightings of ``batch`` (install, day, profile, last), and bring the derived tables up to date."""
    run(cursor, "load", "derive")
    _follow_births(cursor)


def derive_again(cursor: duckdb.DuckDBPyConnection) -> None:
    """Derive anew what follows from the sightings of the installations in ``again``.

    ``touched_days`` has the days of the sightings that are gone.
    """
    run(cursor, "again")
    _follow_births(cursor)


def _follow_births(cursor: duckdb.DuckDBPyConnection) -> None:
    """Bring up to date what follows from births. Most warehouses have kin, an empty one has none, and is quicker."""
    (has_kin,) = cursor.execute(_HAS_KIN).fetchone() or (True,)
    run(cursor, *(("kin", "daily") if has_kin else ("daily",)))
