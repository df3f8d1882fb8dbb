"""The pseudonym key of a warehouse: of which its pseudonyms are, by its fingerprint."""

from __future__ import annotations

from pathlib import Path

import duckdb

from headcount.warehouse._errors import OtherKey


def check_key(db: duckdb.DuckDBPyConnection, key: str | None, path: Path | str) -> None:
    """Note the fingerprint of the first key; None is not looked at. Raises `OtherKey` where that of the file is another."""
    if key is None:
        return
    row = db.execute("SELECT value FROM facts WHERE name = 'key'").fetchone()
    if row is None:
        db.execute("INSERT INTO facts VALUES ('key', ?)", [key])
    elif row[0] != key:
        raise OtherKey(
            f"{path} was made with another pseudonym key: put the original back, or every installation will be a new one"
        )


def forget_key(db: duckdb.DuckDBPyConnection) -> int:
    """Forget the fingerprint of the key; return how many installations there are."""
    db.execute("DELETE FROM facts WHERE name = 'key'")
    (count,) = db.execute("SELECT count(*) FROM births").fetchone() or (0,)
    return int(count)
