"""Parquet files, written by DuckDB."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb

from headcount.warehouse._port import Kind

_TYPES: Mapping[Kind, str] = {"text": "VARCHAR", "day": "DATE", "count": "BIGINT", "share": "DOUBLE"}


def parquet(
    columns: Mapping[str, Kind], rows: Iterable[Sequence[object]], metadata: Mapping[str, str] | None = None
) -> bytes:
    """Return a Parquet file of ``rows``, with these columns (name → kind) and key-value metadata in its footer.

    The names are the project's, never a user's: they go into the statement as they are.
    """
    listed = list(rows)
    selected = ", ".join(
        f'unnest($c{place}::{_TYPES[kind]}[]) AS "{name}"' for place, (name, kind) in enumerate(columns.items())
    )
    values = {f"c{place}": [row[place] for row in listed] for place in range(len(columns))}
    pairs = ", ".join(f"{key}: {_quoted(value)}" for key, value in (metadata or {}).items())
    with tempfile.TemporaryDirectory() as directory, duckdb.connect(":memory:", config={"threads": 1}) as db:
        path = Path(directory) / "rows.parquet"
        db.execute(f"CREATE TABLE listed AS SELECT {selected}", values)
        db.execute(f"COPY listed TO {_quoted(str(path))} (FORMAT parquet, KV_METADATA {{{pairs}}})")
        return path.read_bytes()


def _quoted(text: str) -> str:
    """Return a literal of DuckDB's, in which nothing but the quote is special."""
    return "'" + text.replace("'", "''") + "'"
