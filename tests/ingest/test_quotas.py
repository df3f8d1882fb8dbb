"""Quotas by block."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from headcount.ingest._quotas import Quotas

DAY = 86_400.0
ONE, OTHER = b"\x01\x02\x03", b"\x01\x02\x04"


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = 5_000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def test_a_block_has_its_quota_and_gets_it_back_over_the_hour() -> None:
    """All at once or spread; another block is not touched; the wait that is named is long enough, and no longer."""
    clock = Clock()
    quotas = Quotas(10, clock=clock)
    assert [quotas.spend(ONE, 1) for _ in range(10)] == [0.0] * 10
    wait = quotas.spend(ONE, 1)
    assert round(wait) == 360
    assert quotas.spend(OTHER, 1) == 0
    clock.now += wait - 1
    assert quotas.spend(ONE, 1) > 0
    clock.now += 1
    assert quotas.spend(ONE, 1) == 0
    assert quotas.spend(ONE, 1) > 0


@given(st.integers(1, 50), st.lists(st.floats(0, 30), max_size=300))
def test_no_hour_lets_more_than_twice_the_quota_pass(quota: int, pauses: list[float]) -> None:
    """What was saved up, and what comes back in that hour."""
    clock = Clock()
    quotas = Quotas(quota, clock=clock)
    passed = []
    for pause in pauses:
        clock.now += pause
        if quotas.spend(ONE, 1) == 0:
            passed.append(clock.now)
    for start in passed:
        assert sum(start <= moment < start + 3600 for moment in passed) <= 2 * quota


def test_large_bodies_count_more() -> None:
    """A unit is what is taken."""
    quotas = Quotas(10)
    assert quotas.spend(ONE, 9) == 0
    assert quotas.spend(ONE, 1) == 0
    assert quotas.spend(ONE, 1) > 0


def test_nothing_outlives_the_day() -> None:
    """The salt is drawn anew after a day, so that the same block is another key, and no address is in the memory."""
    clock = Clock()
    quotas = Quotas(1, clock=clock)
    quotas.spend(ONE, 1)
    clock.now += DAY - 1
    quotas.spend(ONE, 1)
    salt, keys = quotas._salt, set(quotas._free)
    assert quotas.spend(ONE, 1) > 0
    clock.now += 1
    assert quotas.spend(ONE, 1) == 0
    assert salt != quotas._salt
    assert keys.isdisjoint(quotas._free)
    assert not any(ONE in key for key in quotas._free)


def test_memory_is_bounded() -> None:
    """Of more blocks than are kept, the further ones share one quota, until others have used up nothing."""
    clock = Clock()
    quotas = Quotas(5, most=100, clock=clock)
    for number in range(1000):
        quotas.spend(number.to_bytes(3, "big"), 1)
    assert len(quotas._free) == 101
    assert quotas.spend(b"new", 1) > 0
    clock.now += 3600
    assert quotas.spend(b"new", 1) == 0
    assert len(quotas._free) < 5


def test_without_a_quota_everything_passes() -> None:
    """And nothing is kept."""
    quotas = Quotas(0)
    assert {quotas.spend(ONE, 1) for _ in range(1000)} == {0.0}
    assert not quotas._free
