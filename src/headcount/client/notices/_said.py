"""What the log has of notices, and when they were fetched last: kept in a file, and as long as the process runs."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from headcount.client._files import read_private, write_private

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from headcount.contract import Notice

_MOST = 100  # notices that are remembered: a collector that makes up new ones fills no disk


class Said:
    """Which notices were said, and on which day they were fetched. May block, and raises nothing.

    Where ``path`` cannot be written, it lasts as long as the process.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._day: str | None = None
        self._marks: list[str] = []
        self._is_read = False

    def begin(self, today: date) -> bool:
        """Return whether notices may be fetched on this day (UTC): once, whether or not that succeeds."""
        self._read()
        if self._day == today.isoformat():
            return False
        self._day = today.isoformat()
        self._write()
        return True

    def add(self, notices: tuple[Notice, ...]) -> tuple[Notice, ...]:
        """Return those that were not said before; from now on they were."""
        self._read()
        new = tuple({_mark(notice): notice for notice in notices if _mark(notice) not in self._marks}.values())
        if new:
            self._marks = [*self._marks, *map(_mark, new)][-_MOST:]
            self._write()
        return new

    def _read(self) -> None:
        if self._is_read:
            return
        self._is_read = True
        try:
            kept = json.loads(read_private(self._path) or "")
            day, marks = kept["day"], kept["said"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return
        if (
            isinstance(day, (str, type(None)))
            and isinstance(marks, list)
            and all(isinstance(mark, str) for mark in marks)
        ):
            self._day, self._marks = day, marks[-_MOST:]

    def _write(self) -> None:
        write_private(self._path, json.dumps({"day": self._day, "said": self._marks}).encode() + b"\n")


def _mark(notice: Notice) -> str:
    """Return by what a notice is known again: its words, whoever they concern and however long."""
    return hashlib.sha256(f"{notice.text}\0{notice.link}".encode()).hexdigest()[:32]
