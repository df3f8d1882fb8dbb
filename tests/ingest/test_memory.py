"""Memory for bodies: shares, and who gives up what where all of it is used up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headcount.contract import LARGEST_BODY
from headcount.ingest._bodies import Body, BodyBuffer
from headcount.ingest._memory import BodyMemory

BLOCKS = [bytes([number]) for number in range(12)]


def _memory(most: int = 800, share: int = 100) -> BodyMemory:
    return BodyMemory(most, share)


def test_a_block_has_a_share() -> None:
    """However it is divided over bodies; what is given back can be had again, and another block's share is its own."""
    memory = _memory()
    bodies = [BodyBuffer(memory, BLOCKS[0]) for _ in range(3)]
    for body in bodies:
        body.feed(b"x" * 40)
    assert memory.held == 80
    assert bodies[2].end() == Body(bodies[2].end().data, "no memory")
    other = BodyBuffer(memory, BLOCKS[1])
    other.feed(b"y" * 100)
    assert (other.end(), memory.held) == (Body(b"y" * 100), 180)
    bodies[0].end()
    bodies[0].release()
    again = BodyBuffer(memory, BLOCKS[0])
    again.feed(b"z" * 60)
    assert again.end().data == b"z" * 60


def test_who_holds_little_is_not_put_off() -> None:
    """Where all memory is used up, the block that holds most gives up its largest body that is still coming."""
    memory = _memory()
    small, large, done = (BodyBuffer(memory, BLOCKS[0]) for _ in range(3))
    done.feed(b"d" * 50)
    done.end()
    small.feed(b"s" * 20)
    large.feed(b"l" * 30)
    others = [BodyBuffer(memory, block) for block in BLOCKS[1:8]]
    for other in others:
        other.feed(b"o" * 99)
    newcomer = BodyBuffer(memory, BLOCKS[8])
    newcomer.feed(b"n" * 10)
    assert newcomer.end() == Body(b"n" * 10)
    assert large.end().problem == "no memory"
    assert (small.end().data, done.reserved) == (b"s" * 20, 50)


def test_who_holds_most_is_put_off_and_nobody_else() -> None:
    """A block does not take another's memory to hold more than that one."""
    memory = _memory()
    held = [BodyBuffer(memory, block) for block in BLOCKS[:8]]
    for body in held:
        body.feed(b"x" * 100)
    late = BodyBuffer(memory, BLOCKS[8])
    late.feed(b"y" * 100)
    assert late.end().problem == "no memory"
    assert all(body.end() == Body(b"x" * 100) for body in held)


@pytest.mark.parametrize("problem", ["too large", "quota", "no memory"])
def test_what_is_refused_holds_nothing(problem: str) -> None:
    """It is told apart by a digest of its first 64 KiB, however it was cut into chunks."""
    memory = BodyMemory(8 * LARGEST_BODY if problem == "too large" else 10, 10)
    data = b"0123456789" * (LARGEST_BODY // 10 + 1 if problem == "too large" else 10)

    def digest(size: int, body: bytes) -> bytes:
        buffer = BodyBuffer(memory, BLOCKS[0])
        if problem == "quota":
            buffer.refuse("quota")
        for at in range(0, len(body), size):
            buffer.feed(body[at : at + size])
        assert memory.held == 0
        ended = buffer.end()
        assert (ended.problem, len(ended.data)) == (problem, 16)
        return ended.data

    assert digest(1 + len(data) // 7, data) == digest(len(data), data)
    assert digest(len(data), b"x" + data) != digest(len(data), data)
    if problem == "too large":
        assert digest(len(data), data) == digest(65_536, data + b"more")


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 3), st.integers(0, 60)), max_size=60))
def test_what_is_held_is_what_bodies_hold(steps: list[tuple[int, int, int]]) -> None:
    """Whatever comes, ends and is given back in whichever order: within the bound, and nothing is left at the end."""
    memory = _memory(most=300)
    bodies: list[BodyBuffer] = []
    for block, what, size in steps:
        if what == 0 or not bodies:
            bodies.append(BodyBuffer(memory, BLOCKS[block]))
        body = bodies[block % len(bodies)]
        if what == 3:
            body.end()
            body.release()
            bodies.remove(body)
        else:
            body.feed(b"x" * size)
        assert memory.held == sum(each.reserved for each in bodies) <= 300
    for body in bodies:
        body.end(cut_off=True)
        body.release()
    assert memory.held == 0
    assert not memory._of_block
    assert not memory._coming
