"""Limits of connections by block: who is ended for one connection, or one byte, too many; over real sockets."""

from __future__ import annotations

from collections import Counter
from ipaddress import ip_network
from pathlib import Path

import pytest

from tests.support.collector import BODY, GET, HEAD, Collector, Peer, run

STOCK = HEAD.replace(b"/v1/reports", b"/events/phone_home")
ATTACKER, OTHER = "127.0.0.{}", "127.0.2.1"
PHASES = {
    "silent": b"",
    "begun heads": HEAD[:30],
    "begun bodies": HEAD + BODY[:100],
    "bodies for stock": STOCK + BODY[:100],
    "answered": HEAD + BODY,
    "other bodies": HEAD.replace(b"/v1/reports", b"/elsewhere") + BODY[:100],
}


async def _is_served(peer: Peer, status: int = 202) -> None:
    answer = await peer.answer()
    assert answer.status == status


@pytest.mark.parametrize("sent", PHASES.values(), ids=PHASES)
def test_a_block_shuts_out_nobody_else(tmp_path: Path, sent: bytes) -> None:
    """Whatever its connections do: for one more one of its own goes, the one that finished nothing for longest."""

    async def test(collector: Collector) -> None:
        peers = [await collector.connect(sent, source=ATTACKER.format(number)) for number in range(2, 7)]
        if sent == PHASES["answered"]:
            for peer in peers:
                await _is_served(peer)
        for number, (request, status) in enumerate(((HEAD + BODY, 202), (STOCK + BODY, 200)), 1):
            await _is_served(await collector.connect(request, source=OTHER), status)
            assert (len(collector.limits), collector.closed("made room"), collector.ended()) == (5, number, number)
        ends = [await peer.rest() for peer in peers[:2]]
        expected = {"begun heads": b"HTTP/1.1 503 ", "begun bodies": b"HTTP/1.1 503 ", "bodies for stock": b"HTTP/1.1 200 ",
                    "other bodies": b"HTTP/1.1 503 "}  # fmt: skip
        known = [name for name, each in PHASES.items() if each == sent]
        assert all(end.startswith(expected.get(known[0], b"")) for end in ends)
        for _ in range(10):  # of its own
            await collector.connect(sent, source=ATTACKER.format(9))
        held = Counter(connection.block for connection in collector.limits._all())
        assert held == {b"\x7f\0\0": 3, b"\x7f\0\x02": 2}

    run(tmp_path, test, connections=5)


def test_who_just_was_answered_is_the_last_of_its_block_to_go(tmp_path: Path) -> None:
    """A sender who shares the block with an attacker keeps its connection."""

    async def test(collector: Collector) -> None:
        honest = await collector.connect(HEAD + BODY)
        await _is_served(honest)
        for _ in range(20):
            await collector.connect(HEAD[:30])
            await honest.send(HEAD + BODY)
            await _is_served(honest)
        assert collector.closed("made room") == 18

    run(tmp_path, test, connections=3)


def test_a_trusted_proxy_stands_for_no_block(tmp_path: Path) -> None:
    """Its connections count together with no other's; one more of them ends one of the block that has most all the same."""

    async def test(collector: Collector) -> None:
        proxies = [await collector.connect(source="127.0.0.9") for _ in range(2)]
        for number in range(2, 7):
            await collector.connect(source=ATTACKER.format(number))
        proxies.append(await collector.connect(HEAD + BODY, source="127.0.0.9"))
        await _is_served(proxies[-1])
        assert collector.closed("made room") == 2
        assert sum(connection.block is None for connection in collector.limits._all()) == 3
        await proxies[0].send(HEAD + BODY)
        await _is_served(proxies[0])

    run(tmp_path, test, connections=6, proxies=[ip_network("127.0.0.9")])


@pytest.mark.parametrize(
    "begun",
    [HEAD[:-2] + b"a: " + b"x" * 20_000, GET[:-2] + b"content-length: 50000\r\n\r\n" + b"x" * 20_000],
    ids=["heads", "requests to the application"],
)
def test_what_connections_hold_is_bounded(tmp_path: Path, begun: bytes) -> None:
    """Of the block that holds most, one is ended for what is too much; who holds little goes on."""

    async def test(collector: Collector) -> None:
        other = await collector.connect(HEAD[:-2] + b"a: " + b"x" * 20_000, source=OTHER)
        for number in range(2, 20):
            await collector.connect(begun, source=ATTACKER.format(number))
            assert collector.limits.held <= 200_000
        assert collector.closed("held too much") == collector.ended() >= 9
        await other.send(b"\r\n\r\n" + BODY)
        await _is_served(other)
        await _is_served(await collector.connect(HEAD + BODY, source=OTHER))

    run(tmp_path, test, held=200_000)


def test_few_file_descriptors_leave_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that may open hardly any has a connection at least, and does not end what it just took."""

    async def test(collector: Collector) -> None:
        for most, descriptors in ((1, 1), (15, 60), (50, 200), (1300, 1500)):
            monkeypatch.setattr("resource.getrlimit", lambda _, number=descriptors: (number, number))
            collector.limits.set_limits(4000, 10, 60, 1000)
            assert collector.limits.connections == most
            for _ in range(2):
                await _is_served(await collector.connect(HEAD + BODY))

    run(tmp_path, test)


def test_bodies_of_one_block_leave_memory_to_others(tmp_path: Path) -> None:
    """Its share used up, its further ones are put off; another block's report is taken, and stock's too."""

    async def test(collector: Collector) -> None:
        size = b"content-length: %d" % len(BODY)
        half = HEAD.replace(size, b"content-length: 8388608") + b" " * 3_000_000
        for number in range(2, 12):
            await collector.connect(half, source=ATTACKER.format(number))
        await collector.until(lambda: collector.gate.memory.held == 6_000_000)
        late = HEAD.replace(size, b"content-length: 3000000") + b" " * 3_000_000
        await _is_served(await collector.connect(late, source=ATTACKER.format(99)), 503)
        await _is_served(await collector.connect(late.replace(b"/v1/reports", b"/events/phone_home")), 200)
        for request, status in ((late, 400), (HEAD + BODY, 202), (STOCK + BODY, 200)):
            await _is_served(await collector.connect(request, source=OTHER), status)
        assert collector.gate.memory.held == 6_000_000

    run(tmp_path, test)
