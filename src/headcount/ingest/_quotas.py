"""Quotas for blocks of addresses: in memory only, under a salt that is drawn anew each day and stored
nowhere.

The rate is limited by the generic cell rate algorithm (ITU-T I.371): one number for each block, the time at
which its quota will be whole again. So a block that sends nothing for an hour is forgotten, and a dump of
the memory holds no address. The clock is one that is never set: a wall clock that is put right would put senders off.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable

_HOUR = 3600.0
_DAY = 86400.0
_MOST = 200_000  # blocks in memory; further ones share a quota until others are forgotten
_REST = b"rest"
_ROUNDING = 1e-3  # seconds


class Quotas:
    """So many units an hour for each block, which may come all at once."""

    def __init__(self, per_hour: int, most: int = _MOST, clock: Callable[[], float] = time.monotonic) -> None:
        """``per_hour``: 0 lets everything pass. ``most``: blocks in memory. ``clock``: returns seconds, and never steps."""
        self.per_hour = per_hour
        self._most = most
        self._clock = clock
        self._new_salt = clock()
        self._salt = b""
        self._free: dict[bytes, float] = {}

    def spend(self, block: bytes, units: int) -> float:
        """Use units of a block's quota; return 0, or the seconds after which there will be some."""
        if not self.per_hour:
            return 0.0
        now = self._clock()
        if now >= self._new_salt:
            self._new_salt = now + _DAY
            self._salt = secrets.token_bytes(16)
            self._free.clear()
        key = hashlib.blake2b(block, key=self._salt, digest_size=8).digest()
        if key not in self._free and len(self._free) >= self._most:
            self._forget(now)
            if len(self._free) >= self._most:
                key = _REST
        start = max(self._free.get(key, now), now)
        wait = start - now - _HOUR * (1 - 1 / self.per_hour)
        if wait > _ROUNDING:
            return wait
        self._free[key] = start + units * _HOUR / self.per_hour
        return 0.0

    def _forget(self, now: float) -> None:
        self._free = {key: free for key, free in self._free.items() if free > now}
