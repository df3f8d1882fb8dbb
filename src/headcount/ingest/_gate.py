"""The gate before ingest: how much one sender may send, and how much memory all bodies on their way in may take."""

from __future__ import annotations

import math
from collections.abc import Iterable

from headcount.ingest._addresses import Headers, Network, Proxies, block
from headcount.ingest._quotas import Quotas

_UNIT = 64 * 1024  # bytes of a body that count as one more report
_MIB = 1024 * 1024


class Gate:
    """Quotas, trusted proxies and the bound on memory. `bound` changes them while requests are served."""

    def __init__(self, quota: int = 0, proxies: Iterable[Network] = (), body_memory: int = 256) -> None:
        """``quota``: reports an hour and block of addresses, 0 for no bound; ``body_memory``: MiB."""
        self._quotas = Quotas(quota)
        self.in_flight = 0
        """Bytes of bodies on their way in."""
        self.bound(quota, proxies, body_memory)

    def bound(self, quota: int, proxies: Iterable[Network], body_memory: int) -> None:
        """Take other bounds. What was used of the old quotas stays used."""
        self._quotas.per_hour = quota
        self._proxies = Proxies(proxies)
        self._memory = body_memory * _MIB

    def sender(self, peer: str | None, headers: Headers) -> bytes | None:
        """The block of addresses that a request comes from; None where it has no ``peer``, as through a Unix socket."""
        address = None if peer is None else self._proxies.sender(peer, headers)
        return None if address is None else block(address)

    def admit(self, sender: bytes | None, now: float) -> int:
        """Let one report in: 0, or the whole seconds after which its sender may try again."""
        return 0 if sender is None else math.ceil(self._quotas.take(sender, 1, now))

    def charge(self, sender: bytes | None, size: int, now: float) -> None:
        """Charge the sender of a large body for what it was more than one report."""
        if sender is not None and size >= _UNIT:
            self._quotas.take(sender, size // _UNIT, now)

    def hold(self, size: int) -> bool:
        """Take memory for so many bytes of a body; False where there is none. What was taken is given back by `free`."""
        if self.in_flight + size > self._memory:
            return False
        self.in_flight += size
        return True

    def free(self, size: int) -> None:
        """Give memory back."""
        self.in_flight -= size
