"""Bands: a distribution over numbers as a few rows that a person can read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

SIZES = (0, 1, 5, 20, 50, 100, 200, 500, 1000, 5000)
"""The greatest number of each band of sizes; a last band has what is more."""

PORTIONS = (0, 10, 25, 50, 75, 100)
"""The greatest percentage of each band of portions."""

AGES = (7, 30, 90, 180, 270, 400)
"""The greatest number of days of each band of ages; a last band has what is more."""


def names(bounds: Sequence[int]) -> list[str]:
    """Return the names of the bands: ``0``, ``1``, ``2-5``, …, ``more than 5000``."""
    lows = [0, *(bound + 1 for bound in bounds)]
    bands = [str(high) if low == high else f"{low}-{high}" for low, high in zip(lows, bounds, strict=False)]
    return [*bands, f"more than {bounds[-1]}"]


def place(number: float, bounds: Sequence[int]) -> int:
    """Return the place of the band in which ``number`` lies, from 0."""
    return sum(number > bound for bound in bounds)


def quantile(counted: Iterable[tuple[int, int]], part: float) -> int:
    """Return the least number that at least ``part`` of a distribution does not exceed; 0 for an empty one.

    ``counted``: pairs of a number and how often it occurs.
    """
    ordered = sorted(counted)
    wanted = part * sum(count for _, count in ordered)
    reached = 0
    for number, count in ordered:
        reached += count
        if reached >= wanted:
            return number
    return 0
