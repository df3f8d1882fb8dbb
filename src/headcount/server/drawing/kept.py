"""What was made of something, kept as long as there is room for it."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable


class Kept:
    """Keeps what was made of bytes. Where there is no more room, what was not asked for longest goes. Safe in any thread."""

    def __init__(self, room: int) -> None:
        """``room``: bytes that are kept at most."""
        self._room = room
        self._held = 0
        self._made: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, of: bytes, make: Callable[[bytes], bytes]) -> bytes:
        """Return what ``make`` made of these bytes, now or before."""
        key = hashlib.sha256(of).digest()
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        made = make(of)
        with self._lock:
            if key not in self._made:
                self._made[key] = made
                self._held += len(made)
            while self._held > self._room:
                self._held -= len(self._made.popitem(last=False)[1])
        return made
