"""Hosts that are cut off from one another lose what they send, without an error; the others go on."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.support.networks import Host, Network, networks_missing
from tests.support.requires import require


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    """Three hosts."""
    require(networks_missing())
    with Network(3) as started:
        yield started


def _listening(host: Host) -> socket.socket:
    with host.entered():
        return socket.create_server((host.address, 9))


def test_what_is_sent_over_a_cut_line_is_lost_until_it_is_healed(network: Network) -> None:
    """A connection stays, and is silent; a new one is neither made nor refused; afterwards all arrives."""
    here, there, beside = network.hosts
    with _listening(there) as listener, _listening(beside) as other, here.entered():
        address = listener.getsockname()
        with socket.create_connection(address) as ours, listener.accept()[0] as theirs:
            network.cut((here,), (there,))
            ours.sendall(b"a")
            theirs.settimeout(0.3)
            with pytest.raises(TimeoutError):
                theirs.recv(1)
            with pytest.raises(TimeoutError):
                socket.create_connection(address, timeout=0.3)
            socket.create_connection(other.getsockname(), timeout=5).close()
            network.heal()
            theirs.settimeout(30)
            assert theirs.recv(1) == b"a"


def test_only_the_thread_that_entered_a_host_and_those_it_starts_are_there(network: Network) -> None:
    """Others are where they were, and so is the thread afterwards."""
    here = network.hosts[0]

    def reaches() -> bool:
        with socket.socket() as tried:
            try:
                tried.bind((here.address, 0))
            except OSError:
                return False
            return True

    found: list[bool] = []
    with here.entered():
        thread = threading.Thread(target=lambda: found.append(reaches()))
        thread.start()
        thread.join()
        assert reaches()
    assert found == [True]
    assert not reaches()
