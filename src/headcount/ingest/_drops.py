"""Drops, each noted once: a body that is sent again leaves no second note, and a flood no flood of notes."""

from __future__ import annotations

from headcount.contract import Arrival

MOST = 10_000
"""The most notes of one kind on one UTC day. Where a day has so many, at least so many bodies were dropped."""

_DAY = 86_400


class Drops:
    """Remembers today's notes. Not safe in two threads at once."""

    def __init__(self) -> None:
        self._day = 0
        self._noted: dict[str, set[int]] = {}

    def is_new(self, drop: Arrival) -> bool:
        """Return whether a drop is to be written to the inbox."""
        day = drop.received // _DAY
        if day != self._day:
            self._day, self._noted = day, {}
        noted = self._noted.setdefault(drop.what, set())
        if drop.install in noted or len(noted) >= MOST:
            return False
        noted.add(drop.install)
        return True
