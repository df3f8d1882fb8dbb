"""What only the running master knows: its database, and the releases of its workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headcount.client._database import Database


def database(master: Any) -> Database:
    """Return the database of a master, as far as it is known."""
    from headcount.client import _database

    try:
        return _database.of_engine(master.db.pool.engine)
    except AttributeError:
        return _database.Database()


def workers_seen(master: Any, names: frozenset[str], clock: Any) -> Any:
    """Return a Deferred of the releases of the workers of these names, as `_workers.seen` does."""
    from headcount.client import _workers

    return _workers.seen(master.db, names, clock.seconds(), clock)
