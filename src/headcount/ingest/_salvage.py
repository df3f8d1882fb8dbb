"""Salvage from a damaged inbox: the rows that SQLite can still read, one by one where a page is bad."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from headcount.contract import WITH_PROFILE, Arrival

_STEP = 200  # rows in one query, as long as their pages are good
_PARTS = ("-wal", "-shm", "")  # of a database; what SQLite keeps beside it first
_MOST = 2_000_000  # rows that are looked for, from the last one back

_ROWS = """
SELECT received, install, profile, content, stock, report, what, {crowded}
FROM arrivals WHERE row BETWEEN ? AND ? ORDER BY row
"""


def set_aside(path: Path) -> Path:
    """Rename a damaged inbox and SQLite's files that belong to it; return the new path."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    number = 0
    while (aside := path.with_name(f"{path.name}.damaged-{stamp}{f'-{number}' if number else ''}")).exists():
        number += 1
    _rename(path, aside)
    return aside


def replace(
    path: Path, genuine: Callable[[int, bytes], bool] | None, fill: Callable[[Sequence[Arrival]], None]
) -> tuple[Path, int]:
    """Rename a damaged inbox, and ``fill`` a new one with its good rows; return the new path, and how many rows were good.

    Where that fails it has its name again, so that a later use finds it as it was. Raises OSError and sqlite3.Error.
    """
    aside = set_aside(path)
    try:
        good = salvage(aside, genuine)
        fill(good)
    except (OSError, sqlite3.Error):
        for suffix in _PARTS:
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        _rename(aside, path)
        raise
    return aside, len(good)


def _rename(path: Path, name: Path) -> None:
    for suffix in _PARTS:
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(name.with_name(name.name + suffix))


def salvage(path: Path, genuine: Callable[[int, bytes], bool] | None) -> list[Arrival]:
    """Return the readable arrivals of a damaged inbox.

    ``genuine`` returns whether a profile's key and content belong together; arrivals for which it is false
    are left out.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as db:
            return [arrival for arrival in _rows(db) if _is_whole(arrival, genuine)]
    except sqlite3.Error:
        return []


def read_row(row: Sequence[Any]) -> Arrival:
    """Return the arrival of a row of an inbox."""
    arrival = Arrival(*row)
    return arrival._replace(crowded=bool(arrival.crowded))


def _rows(db: sqlite3.Connection) -> Iterator[Arrival]:
    (last,) = db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence").fetchone()
    first = max(1, last - _MOST)
    columns = {name for _, name, *_ in db.execute("PRAGMA table_info(arrivals)")}
    rows = _ROWS.format(crowded="crowded" if "crowded" in columns else "0")  # which the first version lacks
    for low in range(first, last + 1, _STEP):
        high = min(low + _STEP - 1, last)
        arrivals = _between(db, rows, low, high)
        if arrivals is None:
            for row in range(low, high + 1):
                yield from _between(db, rows, row, row) or []
        else:
            yield from arrivals


def _between(db: sqlite3.Connection, rows: str, low: int, high: int) -> list[Arrival] | None:
    try:
        return [read_row(row) for row in db.execute(rows, (low, high)).fetchall()]
    except sqlite3.Error:
        return None


def _is_whole(arrival: Arrival, genuine: Callable[[int, bytes], bool] | None) -> bool:
    if not all(
        isinstance(value, int)
        for value in (arrival.received, arrival.install, arrival.profile, arrival.stock, arrival.report)
    ):
        return False
    if not isinstance(arrival.content, bytes) or arrival.what not in WITH_PROFILE:
        return False
    return genuine is None or genuine(arrival.profile, arrival.content)
