"""The table ``classes``: the number, name and kind of each class that a profile holds."""

from __future__ import annotations

import duckdb

from headcount.contract import Vocabulary
from headcount.warehouse._classes import Classes


def read_classes(cursor: duckdb.DuckDBPyConnection) -> Classes:
    """Return the classes that are held."""
    return Classes(cursor.execute("SELECT class, name, kind FROM classes").fetchall())


def store_classes(cursor: duckdb.DuckDBPyConnection, classes: Classes) -> None:
    """Store the classes that are new or of another kind, within the caller's transaction."""
    if classes.changed:
        numbers, names, kinds = zip(*classes.changed.values(), strict=True)
        cursor.execute("DELETE FROM classes WHERE class IN (SELECT unnest($numbers))", {"numbers": list(numbers)})
        cursor.execute(
            "INSERT INTO classes SELECT unnest($numbers), unnest($names), unnest($kinds)",
            {"numbers": list(numbers), "names": list(names), "kinds": list(kinds)},
        )


def follow(db: duckdb.DuckDBPyConnection, known: Vocabulary) -> None:
    """Give each class that is held the kind that a vocabulary says, in one transaction.

    A file that was loaded under an older vocabulary answers from then on as if it had been loaded under this one.
    """
    classes = read_classes(db)
    classes.follow(known)
    if classes.changed:
        db.execute("BEGIN")
        store_classes(db, classes)
        db.execute("COMMIT")
