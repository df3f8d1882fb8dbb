"""Exact tests and their correction, in whole numbers, as they are defined."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb


def paired(started: int, stopped: int) -> float:
    """McNemar's exact test: twice the chance that of so many tosses of a coin so few, or fewer, fall on the rarer side."""
    tosses = started + stopped
    ways = sum(comb(tosses, fewer) for fewer in range(min(started, stopped) + 1))
    return float(min(Fraction(1), Fraction(2 * ways, 2**tosses)))


def fisher(having: int, of: int, others: int, of_others: int) -> float:
    """Fisher's exact test: how likely a table with the same margins is that is no likelier than this one.

    ``having`` of the ``of`` of one group, and ``others`` of the ``of_others`` of the other one, have something.
    """
    both = having + others

    def ways(count: int) -> int:
        return comb(of, count) * comb(of_others, both - count)

    possible = range(max(0, both - of_others), min(of, both) + 1)
    return float(Fraction(sum(ways(n) for n in possible if ways(n) <= ways(having)), comb(of + of_others, both)))


def yekutieli(values: Sequence[float]) -> list[float]:
    """The correction of Benjamini and Yekutieli: the least rate of false discoveries at which each would be called one."""
    tests = len(values)
    harmonic = sum(1 / number for number in range(1, tests + 1))
    ranked = sorted(values)
    rates = [value * tests * harmonic / rank for rank, value in enumerate(ranked, 1)]
    return [
        min([1.0, *(rate for other, rate in zip(ranked, rates, strict=True) if other >= value)]) for value in values
    ]
