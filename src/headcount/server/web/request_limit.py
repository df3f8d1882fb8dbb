"""What may be asked so often from each block of addresses, by who did not sign in."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from starlette.types import Scope

from headcount.ingest import Gate, Quotas


class RequestLimit:
    """So many requests an hour from each block of addresses, of a kind that costs something.

    Who asks much uses up the quota of their own block alone. Blocks are told apart and held as those of reports are: in
    memory, under the day's salt.
    """

    def __init__(self, gate: Gate, each_hour: int = 120, clock: Callable[[], float] = time.monotonic) -> None:
        """``gate`` tells where a request comes from; ``clock``: of `Quotas`."""
        self._gate = gate
        self._quotas = Quotas(each_hour, clock=clock)

    def wait(self, scope: Scope) -> int:
        """Count a request; return 0, or after how many whole seconds another may be made."""
        client = scope.get("client")
        sender = self._gate.sender(client[0] if client else None, scope["headers"])
        return 0 if sender is None else math.ceil(self._quotas.spend(sender, 1))
