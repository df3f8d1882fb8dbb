"""The statements in ``sql/``, and which of them bring the derived tables up to date."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import duckdb

_SQL = files("headcount.warehouse.duckdb").joinpath("sql")
_HAS_VETERANS = "EXISTS (FROM veterans)"
_HAS_CLAIMS = "EXISTS (FROM origins) OR EXISTS (FROM pairs)"
_UNJUDGED = "EXISTS (FROM origins SEMI JOIN stirred USING (stock) WHERE agrees IS NULL)"
_TOUCHES_CLAIMS = """EXISTS (FROM batch SEMI JOIN origins USING (install))
    OR EXISTS (FROM batch SEMI JOIN origins ON batch.install = origins.stock)"""


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
    """Add the sightings of ``batch`` (install, day, profile, last), and bring the derived tables up to date.

    ``batch`` has them as they are counted then, but for those of installations that were derived anew.
    """
    run(cursor, "load")
    anew = False
    if _holds(cursor, _TOUCHES_CLAIMS):
        run(cursor, "pairs_of_batch")
        anew = _holds(cursor, "EXISTS (FROM stirred)")
        if anew:
            _pair(cursor)
            anew = _holds(cursor, "EXISTS (FROM involved)")
        if anew:
            run(cursor, "involved_in_batch")
        if _holds(cursor, "EXISTS (FROM plain)"):
            run(cursor, "plain")
    _follow_spells(cursor)
    run(cursor, "derive")
    _follow_births(cursor)
    if anew:
        run(cursor, "involved", "again", "spells_again", "spells")
        _follow_births(cursor)


def derive_again(cursor: duckdb.DuckDBPyConnection) -> None:
    """Derive anew what follows from the sightings of the installations in ``again``.

    ``touched_days`` has the days of the sightings that are gone.
    """
    if _holds(cursor, _HAS_CLAIMS):
        run(cursor, "pairs_again")
        _pair(cursor)
        run(cursor, "involved_again")
    run(cursor, "again", "spells_again", "spells")
    _follow_births(cursor)


def derive_spells(cursor: duckdb.DuckDBPyConnection) -> None:
    """Derive the spells of all installations, of which none is held yet."""
    cursor.execute("CREATE OR REPLACE TEMP TABLE again AS SELECT install FROM latest")
    run(cursor, "spells_again", "spells")


def _pair(cursor: duckdb.DuckDBPyConnection) -> None:
    """Bring the pairs of ``stirred`` up to date."""
    if _holds(cursor, _UNJUDGED):
        run(cursor, "judge")
    run(cursor, "pairs")


def _follow_spells(cursor: duckdb.DuckDBPyConnection) -> None:
    """Bring the spells up to date with ``batch``, which is not in ``latest`` yet. Most reports come in the order of days."""
    run(cursor, "spells_of_batch")
    if _holds(cursor, "EXISTS (FROM disordered)"):
        run(cursor, "spells_disordered")
    run(cursor, "spells")


def _follow_births(cursor: duckdb.DuckDBPyConnection) -> None:
    """Bring up to date what follows from births. Most warehouses have no veterans."""
    run(cursor, *(("veterans", "daily") if _holds(cursor, _HAS_VETERANS) else ("daily",)))


def _holds(cursor: duckdb.DuckDBPyConnection, condition: str) -> bool:
    row = cursor.execute(f"SELECT {condition}").fetchone()
    return row is None or bool(row[0])
