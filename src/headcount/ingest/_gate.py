"""The gate before ingest: how much one sender may send, and how much memory all incoming bodies may take."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable

from headcount.contract import LARGEST_BODY
from headcount.ingest._addresses import Headers, Network, Proxies, block
from headcount.ingest._memory import BodyMemory
from headcount.ingest._quotas import Quotas

_UNIT = 64 * 1024  # bytes of a body that count as one more report
_MIB = 1024 * 1024


class Gate:
    """Quotas, trusted proxies and the limit of memory. `set_limits` changes them while requests are served."""

    def __init__(
        self,
        quota: int = 0,
        proxies: Iterable[Network] = (),
        body_memory: int = 256,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``quota``: reports an hour and block of addresses, 0: no limit; ``body_memory``: MiB; ``clock``: of `Quotas`."""
        self._quotas = Quotas(quota, clock=clock)
        self.memory = BodyMemory(body_memory * _MIB, LARGEST_BODY)
        """The memory of bodies on their way in."""
        self.set_limits(quota, proxies, body_memory)

    def set_limits(self, quota: int, proxies: Iterable[Network], body_memory: int) -> None:
        """Replace the limits. What senders used of the old quota counts against the new one."""
        self._quotas.per_hour = quota
        self._proxies = Proxies(proxies)
        self.memory.set_limit(body_memory * _MIB)

    def sender(self, peer: str | None, headers: Headers) -> bytes | None:
        """Return the block of addresses of a request's sender; None without a ``peer``, as through a Unix socket."""
        address = None if peer is None else self._proxies.sender(peer, headers)
        return None if address is None else block(address)

    def neighbours(self, peer: str | None) -> bytes | None:
        """Return the block of a connection's peer; None for a trusted proxy, which stands for many, and without a peer."""
        return None if peer is None else self._proxies.block(peer)

    def admit(self, sender: bytes | None) -> int:
        """Admit one report; return 0, or the whole seconds after which its sender may try again."""
        return 0 if sender is None else math.ceil(self._quotas.spend(sender, 1))

    def charge(self, sender: bytes | None, size: int) -> None:
        """Charge the sender of a body of ``size`` bytes, inflated, for the reports that it counts as beyond the first."""
        if sender is not None and size >= _UNIT:
            self._quotas.spend(sender, size // _UNIT)
