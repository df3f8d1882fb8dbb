"""Tests, corrections and quartiles by the standard library alone: scipy's import would cost a command a second.

The intervals and the curves are in `_estimates`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

_TIE = 1e-7  # what two equal probabilities may differ by, relative: log-gamma is exact to 5e-9 at 400,000
_NEGLIGIBLE = 1e-17  # a term of a sum, relative to the sum, that no longer changes it


def paired_test(started: int, stopped: int) -> float:
    """Return the two-sided p-value of a change of the same installations between two days.

    ``started``: how many had it on the second day alone, ``stopped``: on the first alone; who had it on
    both or on neither tells nothing of a change. It is McNemar's test (Q. McNemar, "Note on the
    sampling error of the difference between correlated proportions or percentages", Psychometrika 12,
    1947) in its exact form: the two-sided binomial test of a chance of one half, twice the smaller
    tail, at most 1. 1 where nobody changed. The relative error is under 1e-8 up to 400,000 changes.
    Raises ValueError where a count is negative.
    """
    if min(started, stopped) < 0:
        raise ValueError(f"counts are not negative: {started}, {stopped}")
    changes, fewer = started + stopped, min(started, stopped)
    if started == stopped:
        return 1.0
    likeliest = math.exp(_log_choose(changes, fewer) - changes * math.log(2))
    return min(1.0, 2 * likeliest * _tail(count / (changes - count + 1) for count in range(fewer, 0, -1)))


def independence_test(both: int, first: int, second: int, neither: int) -> float:
    """Return the two-sided p-value of Fisher's exact test that two properties of installations are independent.

    ``both``: how many have the first property and the second, ``first`` and ``second``: that one alone,
    ``neither``: none. Source: R. A. Fisher, "The logic of inductive inference", Journal of the Royal
    Statistical Society 98, 1935; two-sided as R and scipy have it: the sum of the probabilities, with
    the same margins, of all tables that are no more probable than this one. Each tail is summed from
    its likeliest table outwards, until a term no longer counts: a few standard deviations of terms,
    at most some thousand for tables of 400,000. The relative error is under 1e-7 (2e-9 was found). Raises ValueError
    where a count is negative.
    """
    if min(both, first, second, neither) < 0:
        raise ValueError(f"counts are not negative: {both}, {first}, {second}, {neither}")
    row, column, everybody = both + first, both + second, both + first + second + neither
    lowest, highest = max(0, row + column - everybody), min(row, column)

    def log_weight(count: int) -> float:
        return _log_choose(row, count) + _log_choose(everybody - row, column - count)

    whole, observed = _log_choose(everybody, column), log_weight(both)
    mode = min(max((row + 1) * (column + 1) // (everybody + 2), lowest), highest)

    def no_likelier(count: int) -> bool:
        return log_weight(count) <= observed + _TIE

    if no_likelier(mode):
        return 1.0
    # the weights rise up to the mode and fall from it on, so each tail begins at a place that bisection finds
    below = _bisect(mode, lowest - 1, no_likelier)
    over = _bisect(mode, highest + 1, no_likelier)
    others = everybody - row - column  # with neither property, less those with both
    total = 0.0
    if below >= lowest:
        ratios = (x * (others + x) / ((row - x + 1) * (column - x + 1)) for x in range(below, lowest, -1))
        total += math.exp(log_weight(below) - whole) * _tail(ratios)
    if over <= highest:
        ratios = ((row - x) * (column - x) / ((x + 1) * (others + x + 1)) for x in range(over, highest))
        total += math.exp(log_weight(over) - whole) * _tail(ratios)
    return min(1.0, total)


def holm(values: Sequence[float]) -> list[float]:
    """Return the p-values corrected for their number, in their order.

    What is then at most 0.05 are tests of which, with a chance of 95%, none is false, whatever depends
    on what. Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian
    Journal of Statistics 6, 1979.
    """
    adjusted, worst = [0.0] * len(values), 0.0
    for rank, index in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        worst = max(worst, min(1.0, (len(values) - rank) * values[index]))
        adjusted[index] = worst
    return adjusted


def false_discoveries(values: Sequence[float], *, any_dependence: bool = True) -> list[float]:
    """Return for each p-value the share of false discoveries among all that are no larger (a q-value), in their order.

    By default after Y. Benjamini and D. Yekutieli, "The control of the false discovery rate in multiple
    testing under dependency", Annals of Statistics 29, 2001, which holds whatever depends on what.
    With ``any_dependence`` false it is Y. Benjamini and Y. Hochberg, "Controlling the false discovery
    rate", Journal of the Royal Statistical Society B 57, 1995, smaller by the factor 1 + 1/2 + … + 1/m
    of m tests (5.2 of 100, 8.2 of 2,000).

    Dependence matters where the rows of a page are tested: all are of the same installations, classes
    come in company (a plugin's step with its change source: positive), the series of one field exclude
    each other (who gains 4.3 loses 4.2: negative), and the tests are two-sided. Benjamini and
    Hochberg's is proved of independent tests and of positive regression dependence alone, which
    neither exclusion nor two-sidedness has.
    """
    count = len(values)
    factor = sum(1 / rank for rank in range(1, count + 1)) if any_dependence else 1.0
    adjusted, best = [0.0] * count, 1.0
    order = sorted(range(count), key=values.__getitem__)
    for rank in range(count, 0, -1):
        index = order[rank - 1]
        best = min(best, values[index] * count / rank * factor)
        adjusted[index] = best
    return adjusted


def quartiles(counts: Mapping[int, int]) -> tuple[int, int, int]:
    """Return the values that a quarter, a half and three quarters do not exceed.

    ``counts``: how many have each value. Each is the smallest value that at least the quarter do not
    exceed, and so a value that somebody has: definition 1 of R. J. Hyndman and Y. Fan, "Sample
    quantiles in statistical packages", American Statistician 50, 1996. Raises ValueError where there
    are none.
    """
    whole = sum(counts.values())
    if not whole:
        raise ValueError("nobody has no quartiles")
    found: list[int] = []
    so_far = 0
    for value, count in sorted(counts.items()):
        so_far += count
        while len(found) < 3 and 4 * so_far >= (len(found) + 1) * whole:
            found.append(value)
    return found[0], found[1], found[2]


def _log_choose(whole: int, part: int) -> float:
    return math.lgamma(whole + 1) - math.lgamma(part + 1) - math.lgamma(whole - part + 1)


def _bisect(outside: int, within: int, belongs: Callable[[int], bool]) -> int:
    """Return the place nearest to ``outside`` that belongs, of those from there to ``within``; that one if none does."""
    while abs(outside - within) > 1:
        middle = (outside + within) // 2
        outside, within = (outside, middle) if belongs(middle) else (middle, within)
    return within


def _tail(ratios: Iterable[float]) -> float:
    """Return the sum of falling terms, of which the first is 1 and each next is the last times a ratio."""
    total = term = 1.0
    for ratio in ratios:
        term *= ratio
        total += term
        if term < total * _NEGLIGIBLE:
            break
    return total
