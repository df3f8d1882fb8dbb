"""Parquet files, written by DuckDB."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb


def parquet(
    columns: Mapping[str, str], rows: Iterable[Sequence[object]], metadata: Mapping[str, str] | None = None
) -> bytes:
    """A Parquet file of ``rows`` with these columns (name → DuckDB's type), and key-value metadata in its footer.

    The names and types are the project's, never a user's: they go into the statement as they are.
    """
    listed = list(rows)
    selected = ", ".join(
        f'unnest($c{place}::{kind}[]) AS "{name}"' for place, (name, kind) in enumerate(columns.items())
    )
    values = {f"c{place}": [row[place] for row in listed] for place in range(len(columns))}
    pairs = ", ".join(f"{key}: {_quoted(value)}" for key, value in (metadata or {}).items())
    with tempfile.TemporaryDirectory() as directory, duckdb.connect(":memory:", config={"threads": 1}) as db:
        path = Path(directory) / "rows.parquet"
        db.execute(f"CREATE TABLE listed AS SELECT {selected}", values)
        db.execute(f"COPY listed TO {_quoted(str(path))} (FORMAT parquet, KV_METADATA {{{pairs}}})")
        return path.read_bytes()


def _quoted(text: str) -> str:
    """A literal of DuckDB's, in which nothing but the quote is special."""
    return "'" + text.replace("'", "''") + "'"
