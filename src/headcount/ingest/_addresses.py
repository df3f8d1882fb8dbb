"""The sender of a request, as far as a quota needs it: its block of addresses.

The block never leaves this process. `X-Forwarded-For` is read from the right, as long as the author of an
entry is a proxy that the operator named: entries further left can be written by anybody.
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
_MOST = 20  # entries of X-Forwarded-For that are read


class Proxies:
    """The proxies whose `X-Forwarded-For` is trusted."""

    def __init__(self, networks: Iterable[Network] = ()) -> None:
        self._networks = tuple(networks)
        self._trusts = lru_cache(maxsize=256)(self._is_proxy)  # proxies are few; a sender's address is not cached

    def sender(self, peer: str, headers: Headers) -> bytes | None:
        """Return the sender's address, 4 or 16 bytes, given the peer of the connection; None where that is no address."""
        address = packed(peer)
        if not self._networks or address is None or not self._trusts(address):
            return address
        forwarded = b",".join(value for name, value in headers if name == b"x-forwarded-for")
        for entry in reversed(forwarded.decode("latin-1").split(",")[-_MOST:]):
            forwarder = packed(entry.strip())
            if forwarder is None:  # not an address: the author of the entry is the last one known
                return address
            address = forwarder
            if not self._is_proxy(address):
                return address
        return address

    def block(self, peer: str) -> bytes | None:
        """Return the block of a connection's peer; None for a proxy, and where the peer is no address."""
        address = packed(peer)
        return None if address is None or self._is_proxy(address) else block(address)

    def _is_proxy(self, address: bytes) -> bool:
        ip = ipaddress.ip_address(address)
        return any(ip in network for network in self._networks if network.version == ip.version)


def packed(text: str) -> bytes | None:
    """Return an address as 4 or 16 bytes, IPv4 in IPv6 as IPv4; None where the text is no address."""
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
    """Return the block of an address: its /24 of IPv4, its /48 of IPv6."""
    return address[: _V4_BLOCK if len(address) == 4 else _V6_BLOCK]
