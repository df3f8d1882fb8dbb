"""Reports of one installation too many of a block of addresses are marked, and nothing is refused."""

from __future__ import annotations

import tracemalloc

from headcount.contract import ANONYMOUS, Arrival
from headcount.ingest._newcomers import Newcomers

DAY = 86_400
HERE, THERE = b"\xcb\x00\x71", b"\xc6\x33\x64"


def _mark(newcomers: Newcomers, install: int, block: bytes | None = HERE, received: int = 1_790_000_000) -> bool:
    return newcomers.mark(Arrival(received, install, 1, b"{}"), block).crowded


def test_what_is_beyond_the_number_is_marked() -> None:
    """Of each block and day; who reports again is not another one; a report through a socket has no block."""
    newcomers = Newcomers(3)
    assert [_mark(newcomers, install) for install in (1, 2, 1, 3, 2, 4, 5, 3, 4)] == [False] * 5 + [
        True,
        True,
        False,
        True,
    ]
    assert [_mark(newcomers, install, THERE) for install in (4, 5)] == [False, False]
    assert not _mark(newcomers, 6, None)
    assert not _mark(newcomers, 4, received=1_790_000_000 + DAY)
    assert _mark(newcomers, 0) is False  # without an id


def test_nothing_is_marked_where_any_number_is_taken() -> None:
    """And what is marked is otherwise as it was."""
    assert not any(_mark(Newcomers(0), install) for install in range(100))
    arrival = Arrival(1_790_000_000, 0, 1, b"{}", what=ANONYMOUS)
    assert Newcomers(1).mark(arrival, HERE) is arrival
    newcomers = Newcomers(1)
    _mark(newcomers, 1)
    second = Arrival(1_790_000_000, 2, 1, b"{}", 5, 6)
    assert newcomers.mark(second, HERE) == second._replace(crowded=True)


def test_the_memory_of_a_day_is_bounded() -> None:
    """However many blocks and installations there are: what is not remembered is marked."""
    newcomers = Newcomers(20, most=1_000)
    tracemalloc.start()
    marked = sum(_mark(newcomers, install, install.to_bytes(6, "big")) for install in range(1, 20_001))
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert marked == 19_000
    assert size < 1_000_000
    assert not _mark(newcomers, 1, (1).to_bytes(6, "big"))


def test_no_address_is_in_memory() -> None:
    """Only hashes under a salt that is another one on each day."""
    newcomers = Newcomers(3)
    _mark(newcomers, 1)
    first = set(newcomers._blocks)
    _mark(newcomers, 1, received=1_790_000_000 + DAY)
    assert HERE not in first
    assert first.isdisjoint(newcomers._blocks)
    assert len(newcomers._blocks) == 1
