"""Estimates, which hold only as far as those who report are like those who do not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist

_LEVEL = 0.95
_Z = NormalDist().inv_cdf((1 + _LEVEL) / 2)


def interval(part: int, whole: int) -> tuple[float, float]:
    """Return the 95 % interval of the share ``part / whole``, to four places; from 0 to 1 where the whole is 0.

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
    if not events:
        return [0.0 for _ in times]
    # scipy and numpy take a third of a second to import, and no other question needs them
    import numpy as np  # noqa: PLC0415
    from scipy import stats  # noqa: PLC0415

    def spread(counts: Mapping[int, int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.repeat(np.array(list(counts), np.int64), np.array(list(counts.values()), np.int64))

    data = stats.CensoredData(uncensored=spread(events), right=spread(censored))
    return [round(1 - float(survival), 4) for survival in stats.ecdf(data).sf.evaluate(np.asarray(times))]
