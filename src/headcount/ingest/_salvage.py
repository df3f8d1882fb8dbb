"""What is good in a damaged inbox: the rows that SQLite can still read, one by one where a page is bad."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from headcount.contract import WITH_PROFILE, Arrival

_STEP = 200  # rows that are read at once while they can be
_MOST = 2_000_000  # rows that are looked for

_ROWS = """
SELECT received, install, profile, content, stock, report, what FROM arrivals WHERE row BETWEEN ? AND ? ORDER BY row
"""


def set_aside(path: Path) -> Path:
    """Give a damaged inbox another name, with what belongs to it; return that name."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    number = 0
    while (aside := path.with_name(f"{path.name}.damaged-{stamp}{f'-{number}' if number else ''}")).exists():
        number += 1
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def salvage(path: Path, genuine: Callable[[int, bytes], bool] | None) -> list[Arrival]:
    """The arrivals in a damaged inbox that can be read; with ``genuine`` those whose profile is what its key says."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as db:
            return [one for one in _rows(db) if _is_whole(one, genuine)]
    except sqlite3.Error:
        return []


def _rows(db: sqlite3.Connection) -> Iterator[Arrival]:
    (last,) = db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence").fetchone()
    first = max(1, last - _MOST)
    for low in range(first, last + 1, _STEP):
        high = min(low + _STEP - 1, last)
        found = _between(db, low, high)
        if found is None:
            for row in range(low, high + 1):
                yield from _between(db, row, row) or []
        else:
            yield from found


def _between(db: sqlite3.Connection, low: int, high: int) -> list[Arrival] | None:
    try:
        return [Arrival(*row) for row in db.execute(_ROWS, (low, high)).fetchall()]
    except sqlite3.Error:
        return None


def _is_whole(one: Arrival, genuine: Callable[[int, bytes], bool] | None) -> bool:
    if not all(isinstance(value, int) for value in (one.received, one.install, one.profile, one.stock, one.report)):
        return False
    if not isinstance(one.content, bytes) or one.what not in WITH_PROFILE:
        return False
    return genuine is None or genuine(one.profile, one.content)
