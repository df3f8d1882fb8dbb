"""Where a request comes from, as far as ingest wants to know: the block of addresses, for a quota.

The block is bytes that never leave this process. `X-Forwarded-For` is read from the right, and only as long as who wrote
the entry is a proxy that the operator named: what stands further left anybody can write.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Headers = Iterable[tuple[bytes, bytes]]

_V4_BLOCK = 3  # bytes: a /24
_V6_BLOCK = 6  # bytes: a /48, what a site gets
_MAPPED = bytes(10) + b"\xff\xff"  # IPv4 in IPv6
_MOST = 20  # entries of X-Forwarded-For that are looked at


class Proxies:
    """The proxies whose `X-Forwarded-For` is believed."""

    def __init__(self, networks: Iterable[Network] = ()) -> None:
        self._networks = tuple(networks)
        self._trusts = lru_cache(maxsize=256)(self._is_one_of_ours)  # proxies are few; nobody else's address stays

    def sender(self, peer: str, headers: Headers) -> bytes | None:
        """The sender's address as 4 or 16 bytes, given the peer of the connection; None where it has none."""
        address = packed(peer)
        if not self._networks or address is None or not self._trusts(address):
            return address
        forwarded = b",".join(value for name, value in headers if name == b"x-forwarded-for")
        for entry in reversed(forwarded.decode("latin-1").split(",")[-_MOST:]):
            found = packed(entry.strip())
            if found is None:  # not an address: who wrote it is the last that is known
                return address
            address = found
            if not self._is_one_of_ours(address):
                return address
        return address

    def _is_one_of_ours(self, address: bytes) -> bool:
        ip = ipaddress.ip_address(address)
        return any(ip in network for network in self._networks if network.version == ip.version)


def packed(text: str) -> bytes | None:
    """An address in text as bytes, IPv4 in IPv6 as IPv4; None where it is no address."""
    try:
        return socket.inet_pton(socket.AF_INET, text)
    except (OSError, ValueError):  # ValueError: a NUL in it
        pass
    try:
        address = socket.inet_pton(socket.AF_INET6, text.partition("%")[0].strip("[]"))
    except (OSError, ValueError):
        return None
    return address[12:] if address.startswith(_MAPPED) else address


def block(address: bytes) -> bytes:
    """The block of an address: /24 of IPv4, /48 of IPv6."""
    return address[: _V4_BLOCK if len(address) == 4 else _V6_BLOCK]
