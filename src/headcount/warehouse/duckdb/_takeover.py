"""Taking over what another warehouse knew beside its reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from headcount.warehouse._floods import FloodRule
from headcount.warehouse._port import TAKEN_OVER, Cells
from headcount.warehouse.duckdb._quarantine import rebuild

_REPLACED = {"origins": "install", "daily": "day"}  # of each there is one row


def take_over(cursor: duckdb.DuckDBPyConnection, tables: Mapping[str, Sequence[Cells]], floods: FloodRule) -> None:
    """Add rows of `TAKEN_OVER` within a transaction, and compute what is derived anew."""
    pairs = {name: rows for name, rows in tables.items() if name != "veterans"}
    _add(cursor, pairs)
    rebuild(cursor, floods)
    if rest := {name: rows for name, rows in tables.items() if name not in pairs}:
        _add(cursor, rest)  # now it is known which of them are half of a pair, and stay
        rebuild(cursor, floods)


def _add(cursor: duckdb.DuckDBPyConnection, tables: Mapping[str, Sequence[Cells]]) -> None:
    for name, rows in tables.items():
        columns = TAKEN_OVER[name]
        listed = ", ".join(columns)
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE taken AS SELECT {listed} FROM {name} LIMIT 0")  # noqa: S608  # our own names
        if rows:
            values = {f"c{place}": list(cells) for place, cells in enumerate(zip(*rows, strict=True))}
            cursor.execute(f"INSERT INTO taken SELECT {', '.join(f'unnest(${value})' for value in values)}", values)
        if name in _REPLACED:
            key = _REPLACED[name]
            cursor.execute(f"DELETE FROM {name} WHERE {key} IN (SELECT {key} FROM taken)")  # noqa: S608  # as above
        cursor.execute(
            f"INSERT INTO {name} ({listed}) SELECT {listed} FROM taken EXCEPT SELECT {listed} FROM {name}"  # noqa: S608  # as above
        )
