"""What is held of an installation, and with whom it is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from headcount.warehouse._port import Holding, Snapshot

Describe = Callable[[Snapshot, Sequence[int]], Sequence[Mapping[str, object]]]
"""Returns what profiles say, given their keys: by column, in the order of the keys, with the classes spelt out."""


def holding(snapshot: Snapshot, install: int, describe: Describe) -> Holding:
    """Return what is held of an installation, by its pseudonym; ``describe``: how the engine reads profiles."""
    values = {"install": install}
    rows = snapshot.query(
        "SELECT day, last, profile FROM sightings WHERE install = $install ORDER BY last, profile", values
    )
    later = snapshot.query("SELECT last, profile FROM later WHERE install = $install ORDER BY last", values)
    keys = list(dict.fromkeys(key for *_, key in [*rows, *later]))
    return Holding(
        [{"day": str(day), "last": _stamp(last), "profile": keys.index(key)} for day, last, key in rows],
        describe(snapshot, keys),
        [_stamp(last) for last, _ in later],
    )


def heirs(snapshot: Snapshot, stock: int) -> list[int]:
    """Return the pseudonyms with a secret that came with this stock pseudonym."""
    values = {"stock": stock}
    found = {
        install
        for table in ("origins", "later")
        for (install,) in snapshot.query(f"SELECT install FROM {table} WHERE stock = $stock", values)  # noqa: S608  # our own names
    }
    return sorted(found)


def stock_half(snapshot: Snapshot, install: int) -> int | None:
    """Return the stock pseudonym that is one installation with this one; None where there is none, or no certainty.

    The secret must have been seen on two days, and be the only one that came with the id of that stock pseudonym.
    """
    rows = snapshot.query(
        "SELECT stock FROM pairs WHERE install = $install AND confirmed < toDate('2100-01-01') "
        "AND stock NOT IN (SELECT stock FROM origins WHERE install != $install)",
        {"install": install},
    )
    return int(rows[0][0]) if rows else None


def _stamp(last: int) -> str:
    return datetime.fromtimestamp(last, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
