"""The noise of the cell-key method: for each true count a distribution, from which the key of the cell picks.

The method is the Australian Bureau of Statistics' (Fraser and Wooton, "A proposed method for
confidentialising tabular output to protect against differencing", 2005; Thompson, Broadfoot and Elazar,
"Methodology for the automatic confidentialisation of statistical outputs from remote servers", 2013),
and that of the European census of 2021. Each record has a random key; the key of a cell is the sum of
its records' keys; the noise is a function of it and of the true count. So the same installations get
the same noise, in whatever table they stand together, and nothing is averaged away by asking again.

The distributions have the greatest entropy of all those that keep to the same bounds (Marley and
Leaver, "A method for confidentialising user-defined tables", 2011; Giessing, "Computational issues in
the design of transition probabilities and disclosure risk estimation for additive noise", 2016);
docs/protection.md derives their form.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate

KEYS = 2**32
"""Keys of records, and so of cells, are whole numbers below this."""

SMALLEST_K, LARGEST_K = 2, 100

_VARIANCE_PER_K = 0.6
_STEPS = 200  # of Newton's method at most; it takes about ten
_PRECISE = 1e-10  # less than one key of 2**32
_ROUNDING = 1e-13  # of the dual near its least, where a whole step is right and no decrease is seen


class Perturbation:
    """The noise for a threshold ``k``: whole numbers from -k to k, of mean 0 and variance 0.6 k.

    A noisy count is 0 or above. A count of 0 has no noise, so that an empty cell stays empty.
    """

    def __init__(self, k: int) -> None:
        """Raises ValueError where ``k`` is not from `SMALLEST_K` to `LARGEST_K`."""
        if not SMALLEST_K <= k <= LARGEST_K:
            raise ValueError(f"k is a whole number from {SMALLEST_K} to {LARGEST_K}, not {k}")
        self.bound = k
        self.variance = _VARIANCE_PER_K * k

    def perturb(self, count: int, cell_key: int) -> int:
        """Return the count with its noise; ``cell_key``: the sum of the keys of its installations."""
        if count == 0:
            return 0
        row = min(count, self.bound) - 1
        lowest, thresholds = self._rows[row]
        return count + lowest + bisect_right(thresholds, cell_key % KEYS)

    def weights(self, count: int) -> Mapping[int, int]:
        """Return how many of the `KEYS` cell keys give each noise to a true ``count`` of 1 or more.

        The numbers add up to `KEYS`, and the mean of the noise is exactly 0.
        """
        lowest = -min(count, self.bound)
        return dict(enumerate(_weights(lowest, self.bound, self.variance), lowest))

    @cached_property
    def _rows(self) -> list[tuple[int, list[int]]]:
        """For each true count up to the bound: the lowest noise, and the keys at which each next noise begins.

        The last row is also that of every count above the bound.
        """
        return [
            (-count, list(accumulate(_weights(-count, self.bound, self.variance)))[:-1])
            for count in range(1, self.bound + 1)
        ]


@lru_cache(maxsize=1000)
def _weights(lowest: int, highest: int, variance: float) -> tuple[int, ...]:
    """Return the distribution in whole keys.

    What rounding leaves goes to 0 and 1, so that the mean is exactly 0.
    """
    noises = range(lowest, highest + 1)
    weights = [round(p * KEYS) for p in most_entropy(noises, variance)]
    mean = sum(noise * weight for noise, weight in zip(noises, weights, strict=True))
    weights[noises.index(1)] -= mean
    weights[noises.index(0)] += KEYS - sum(weights)
    return tuple(weights)


def most_entropy(noises: Sequence[int], variance: float) -> list[float]:
    """Return the distribution over ``noises`` with mean 0 and the given variance that has the greatest entropy.

    It has the form p(d) = exp(a d + b d² - c). Newton's method finds a and b where the convex dual,
    c(a, b) - b ``variance`` with c = log Σ exp(a d + b d²), is least. Raises ValueError where no
    distribution has that mean and variance.
    """
    lowest, highest = min(noises), max(noises)
    if not 0 < variance < -lowest * highest:
        raise ValueError(f"noise from {lowest} to {highest} of mean 0 cannot have the variance {variance}")
    scale = max(-lowest, highest)
    points = [noise / scale for noise in noises]
    target = variance / scale**2
    a = b = 0.0
    for _ in range(_STEPS):
        p = _exponential(points, a, b)
        m1, m2, m3, m4 = (sum(w * x**n for w, x in zip(p, points, strict=True)) for n in (1, 2, 3, 4))
        if abs(m1) < _PRECISE and abs(m2 - target) < _PRECISE:
            return p
        # the dual's gradient, and its Hessian, which is the covariance of d and d²
        g1, g2 = m1, m2 - target
        h11, h12, h22 = m2 - m1 * m1, m3 - m1 * m2, m4 - m2 * m2
        determinant = h11 * h22 - h12 * h12
        step_a, step_b = (h22 * g1 - h12 * g2) / determinant, (h11 * g2 - h12 * g1) / determinant
        length, here = 1.0, _dual(points, a, b, target)
        slope = g1 * step_a + g2 * step_b
        while (
            _dual(points, a - length * step_a, b - length * step_b, target) > here - 1e-4 * length * slope + _ROUNDING
        ):
            length /= 2
        a, b = a - length * step_a, b - length * step_b
    raise ValueError(f"no noise from {lowest} to {highest} of variance {variance} was found")


def _exponential(points: Sequence[float], a: float, b: float) -> list[float]:
    exponents = [a * x + b * x * x for x in points]
    top = max(exponents)
    masses = [math.exp(exponent - top) for exponent in exponents]
    whole = sum(masses)
    return [mass / whole for mass in masses]


def _dual(points: Sequence[float], a: float, b: float, target: float) -> float:
    exponents = [a * x + b * x * x for x in points]
    top = max(exponents)
    return top + math.log(sum(math.exp(exponent - top) for exponent in exponents)) - b * target
