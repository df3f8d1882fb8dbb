"""What was thrown away, noted once: a body that is sent again makes no second note, and a flood no flood of notes."""

from __future__ import annotations

from headcount.contract import Arrival

MOST = 10_000
"""Notes of one kind on one UTC day; a kind that has so many on a day had at least so many."""

_DAY = 86_400


class Drops:
    """Remembers what was noted today. Not for two threads at once."""

    def __init__(self) -> None:
        self._day = 0
        self._noted: dict[str, set[int]] = {}

    def is_new(self, drop: Arrival) -> bool:
        """Whether a drop is to be written down."""
        day = drop.received // _DAY
        if day != self._day:
            self._day, self._noted = day, {}
        noted = self._noted.setdefault(drop.what, set())
        if drop.install in noted or len(noted) >= MOST:
            return False
        noted.add(drop.install)
        return True
