"""Estimates, which hold only as far as those who report are like those who do not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist

_LEVEL = 0.95
_Z = NormalDist().inv_cdf((1 + _LEVEL) / 2)


def interval(part: int, whole: int) -> tuple[float, float]:
    """Return the 95% interval of the share ``part / whole``, to four places; from 0 to 1 where the whole is 0.

    It is Wilson's score interval (E. B. Wilson, "Probable inference, the law of succession, and
    statistical inference", Journal of the American Statistical Association 22, 1927), without a
    correction for continuity. It would hold if those who report were a random sample; they are not.
    """
    if whole == 0:
        return 0.0, 1.0
    scale = 2 * (whole + _Z**2)
    center = (2 * part + _Z**2) / scale
    reach = _Z * math.sqrt(4 * part * (whole - part) / whole + _Z**2) / scale
    return round(center - reach, 4), round(center + reach, 4)


def reached(events: Mapping[int, int], censored: Mapping[int, int], times: Sequence[int]) -> list[float]:
    """Return the share that an event has happened to by each of the times, to four places.

    It is the estimate of E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete
    observations", Journal of the American Statistical Association 53, 1958. ``events`` and
    ``censored``: how many it happened to at a time, and how many were last observed at a time without
    it.
    """
    at_risk, left, curve = sum(events.values()) + sum(censored.values()), 1.0, []
    for time in sorted(events.keys() | censored.keys()):
        if happened := events.get(time, 0):
            left *= 1 - happened / at_risk
        at_risk -= happened + censored.get(time, 0)
        curve.append((time, left))
    return [round(1 - next((left for moment, left in reversed(curve) if moment <= time), 1.0), 4) for time in times]
