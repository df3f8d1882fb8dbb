"""The gate before ingest: how much one sender may send, and how much memory all incoming bodies may take."""

from __future__ import annotations

import math
from collections.abc import Iterable

from headcount.ingest._addresses import Headers, Network, Proxies, block
from headcount.ingest._quotas import Quotas

_UNIT = 64 * 1024  # bytes of a body that count as one more report
_MIB = 1024 * 1024


class Gate:
    """Quotas, trusted proxies and the limit of memory. `set_limits` changes them while requests are served."""

    def __init__(self, quota: int = 0, proxies: Iterable[Network] = (), body_memory: int = 256) -> None:
        """``quota``: reports an hour and block of addresses, 0 for no limit; ``body_memory``: MiB."""
        self._quotas = Quotas(quota)
        self.in_flight = 0
        """Bytes of memory that incoming bodies take."""
        self.set_limits(quota, proxies, body_memory)

    def set_limits(self, quota: int, proxies: Iterable[Network], body_memory: int) -> None:
        """Replace the limits. What senders used of the old quota counts against the new one."""
        self._quotas.per_hour = quota
        self._proxies = Proxies(proxies)
        self._memory = body_memory * _MIB

    def sender(self, peer: str | None, headers: Headers) -> bytes | None:
        """Return the block of addresses of a request's sender; None without a ``peer``, as through a Unix socket."""
        address = None if peer is None else self._proxies.sender(peer, headers)
        return None if address is None else block(address)

    def admit(self, sender: bytes | None, now: float) -> int:
        """Admit one report; return 0, or the whole seconds after which its sender may try again."""
        return 0 if sender is None else math.ceil(self._quotas.spend(sender, 1, now))

    def charge(self, sender: bytes | None, size: int, now: float) -> None:
        """Charge the sender of a large body for the reports that it counts as beyond the first."""
        if sender is not None and size >= _UNIT:
            self._quotas.spend(sender, size // _UNIT, now)

    def reserve(self, size: int) -> bool:
        """Reserve memory for so many bytes of a body; return False where there is none left. `release` gives it back."""
        if self.in_flight + size > self._memory:
            return False
        self.in_flight += size
        return True

    def release(self, size: int) -> None:
        """Give reserved memory back."""
        self.in_flight -= size
