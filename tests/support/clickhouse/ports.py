"""Ports that nothing listens at, and that no connection is given when it is made."""

from __future__ import annotations

import random
import socket
from pathlib import Path

_GIVEN = Path("/proc/sys/net/ipv4/ip_local_port_range")
_TRIES = 1000


def free_ports(count: int) -> list[int]:
    """Return so many ports of 127.0.0.1, below those that connections are given.

    So a server that was ended finds its port free when it comes back.
    """
    first_given = int(_GIVEN.read_text().split()[0]) if _GIVEN.exists() else 32_768
    chance = random.SystemRandom()  # several processes look for some at the same time
    found: list[int] = []
    for _ in range(_TRIES):
        port = chance.randrange(10_000, max(first_given, 20_000))
        if port not in found and _is_free(port):
            found.append(port)
        if len(found) == count:
            return found
    raise RuntimeError("no ports of 127.0.0.1 are free")


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
