"""Storing in the warehouse what was published."""

from __future__ import annotations

import duckdb

from headcount.warehouse._publications import STATES_FACT, WEEK_FACT, States

_RENAME = """UPDATE published SET install = pairs.stock FROM pairs
WHERE published.install = pairs.install AND pairs.stock NOT IN (SELECT install FROM published)"""


def rename_published(cursor: duckdb.DuckDBPyConnection) -> None:
    """Give each installation that was published under the pseudonym of one half the name of its pair, within a transaction.

    Else a warehouse of before there were pairs would seem to have two changes for each. Where both were published they are
    two that became one, and stay as they are.
    """
    cursor.execute(_RENAME)


def note_published(cursor: duckdb.DuckDBPyConnection, week: str) -> None:
    """Note, within a transaction, that a week, or a record by its name, was published, or may have been."""
    cursor.execute("DELETE FROM facts WHERE name = ? AND value = ?", [WEEK_FACT, week])
    cursor.execute("INSERT INTO facts VALUES (?, ?)", [WEEK_FACT, week])


def publish(cursor: duckdb.DuckDBPyConnection, name: str, document: str, states: States | None) -> str:
    """Store a document, within a transaction, and the states of which its tables were computed, if any.

    Where one of that name is stored it stays, and is returned.
    """
    row = cursor.execute("SELECT document FROM documents WHERE name = ?", [name]).fetchone()
    if row is not None:
        return str(row[0])
    cursor.execute("INSERT INTO documents VALUES (?, ?)", [name, document])
    note_published(cursor, name)
    if states is not None:
        cursor.execute("DELETE FROM facts WHERE name = ?", [STATES_FACT])
        cursor.execute("INSERT INTO facts VALUES (?, ?)", [STATES_FACT, name])
        cursor.execute("DELETE FROM published")
        cursor.execute(
            "INSERT INTO published SELECT unnest($installs::UBIGINT[]), unnest($profiles::UBIGINT[])",
            {"installs": list(states), "profiles": list(states.values())},
        )
    return document
