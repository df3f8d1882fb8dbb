"""How many installations one block of addresses reports for on a day.

Ingest stores no address, and does not know which installations are new. So it marks the reports of those that are beyond a
number for each block and UTC day, and whoever loads them sets apart the new ones among them. What is counted is in memory
alone, under a salt that is drawn each day and stored nowhere; each process counts for itself.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter

from headcount.contract import Arrival

_DAY = 86_400
_MOST = 200_000  # installations in memory on a day, of all blocks together; further ones are marked


class Newcomers:
    """Marks arrivals. Not safe in two threads at once."""

    def __init__(self, each: int = 0, most: int = _MOST) -> None:
        """``each``: installations of a block that are not marked on a day, 0 for any; ``most``: those in memory at most."""
        self.each = each
        self._most = most
        self._day = -1
        self._salt = b""
        self._known: set[bytes] = set()
        self._blocks: Counter[bytes] = Counter()

    def mark(self, arrival: Arrival, block: bytes | None) -> Arrival:
        """Return an arrival, marked where it is of one installation too many of its block; ``block``: None without one."""
        if not self.each or block is None or not arrival.install:
            return arrival
        if arrival.received // _DAY != self._day:
            self._day = arrival.received // _DAY
            self._salt = secrets.token_bytes(16)
            self._known.clear()
            self._blocks.clear()
        of_block = self._hash(block)
        installation = self._hash(block + arrival.install.to_bytes(8, "big"))
        if installation in self._known:
            return arrival
        if self._blocks.get(of_block, 0) >= self.each or len(self._known) >= self._most:
            return arrival._replace(crowded=True)
        self._known.add(installation)
        self._blocks[of_block] += 1
        return arrival

    def _hash(self, data: bytes) -> bytes:
        return hashlib.blake2b(data, key=self._salt, digest_size=8).digest()
