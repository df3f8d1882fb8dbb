"""The oracle's tests of chance, by their definitions, in whole numbers, and its interval."""

from __future__ import annotations

import math
from fractions import Fraction
from math import comb


def paired(started: int, stopped: int) -> float:
    """Return the two-sided p-value of as unequal a split as this one of that many turns, where each way is as likely."""
    turns = started + stopped
    tail = sum(comb(turns, number) for number in range(min(started, stopped) + 1))
    return float(min(Fraction(1), Fraction(2 * tail, 2**turns)))


def fisher(both: int, first: int, second: int, neither: int) -> float:
    """Return the two-sided p-value of Fisher's exact test: of all tables of these sums that are no likelier."""
    have, row, whole = both + second, both + first, both + first + second + neither
    ways = {
        number: comb(have, number) * comb(whole - have, row - number)
        for number in range(max(0, row + have - whole), min(row, have) + 1)
    }
    as_unlikely = sum(count for count in ways.values() if count <= ways[both])
    return float(Fraction(as_unlikely, comb(whole, row)))


def holm(values: list[float]) -> list[float]:
    """Return p-values as Holm corrects them for all that were tested."""
    corrected = [0.0] * len(values)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        highest = max(highest, (len(values) - rank) * values[place])
        corrected[place] = min(1.0, highest)
    return corrected


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Return the 95% interval of a share, by Wilson's formula."""
    if whole == 0:
        return 0.0, 1.0
    z, rate = 1.959963984540054, part / whole
    middle = (rate + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * math.sqrt(rate * (1 - rate) / whole + z * z / (4 * whole * whole))
    return max(middle - half, 0.0), min(middle + half, 1.0)
