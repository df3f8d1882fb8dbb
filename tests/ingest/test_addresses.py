"""Where a request comes from."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.ingest._addresses import Proxies, block, packed

TRUSTED = Proxies([ip_network("10.0.0.0/8"), ip_network("fd00::/8")])


def _sender(peer: str, *forwarded: str, proxies: Proxies = TRUSTED) -> str | None:
    headers = [(b"host", b"x"), *((b"x-forwarded-for", value.encode("latin-1")) for value in forwarded)]
    found = proxies.sender(peer, headers)
    return None if found is None else str(ip_address(found))


@pytest.mark.parametrize(
    ("peer", "forwarded", "sender"),
    [
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),  # nobody named this peer
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["203.0.113.9, 198.51.100.7"], "198.51.100.7"),  # the first is what the sender wrote
        ("10.0.0.1", ["203.0.113.9", "198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["203.0.113.9, 198.51.100.7, 10.9.9.9"], "198.51.100.7"),  # two proxies of ours
        ("10.0.0.1", ["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
        ("10.0.0.1", ["198.51.100.7, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["<script>, 198.51.100.7"], "198.51.100.7"),
        ("fd00::1", ["2001:db8::7"], "2001:db8::7"),
        ("::ffff:10.0.0.1", ["[2001:db8::7]"], "2001:db8::7"),
        ("10.0.0.1", ["198.51.100.7," * 5000 + "10.0.0.2"], "198.51.100.7"),
    ],
)
def test_only_what_named_proxies_wrote_is_believed(peer: str, forwarded: list[str], sender: str) -> None:
    """Read from the right, up to the first that nobody named."""
    assert _sender(peer, *forwarded) == sender


def test_without_named_proxies_the_header_means_nothing() -> None:
    """Also on loopback."""
    assert _sender("127.0.0.1", "198.51.100.7", proxies=Proxies()) == "127.0.0.1"
    assert _sender("no address", proxies=Proxies()) is None


@settings(max_examples=50)
@given(st.text(max_size=100), st.ip_addresses().map(str))
def test_nothing_in_the_header_fails_or_moves_who_is_not_trusted(text: str, peer: str) -> None:
    """Whatever a sender writes."""
    encoded = text.encode("utf-8", "replace").decode("latin-1")
    assert _sender(peer, encoded, proxies=Proxies([ip_network("0.0.0.0/32")])) == str(ip_address(packed(peer) or b""))
    _sender("10.0.0.1", encoded)


def test_a_block_is_what_one_site_has() -> None:
    """A /24 of IPv4, a /48 of IPv6; IPv4 in IPv6 is IPv4."""

    def of(text: str) -> bytes:
        return block(packed(text) or b"")

    assert of("192.0.2.1") == of("192.0.2.255") == of("::ffff:192.0.2.9") != of("192.0.3.1")
    assert of("2001:db8:1:2::3") == of("2001:db8:1:ffff::4") != of("2001:db8:2::3")
