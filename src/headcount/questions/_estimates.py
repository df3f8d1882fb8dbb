"""Estimates, from a library; each holds only as far as those who report are like those who do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

_LEVEL = 0.95


def interval(part: int, whole: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (Wilson 1927), if those who report were a random sample; they are not."""
    if whole == 0:
        return 0.0, 1.0
    found = stats.binomtest(part, whole).proportion_ci(_LEVEL, method="wilson")
    return round(float(found.low), 4), round(float(found.high), 4)


def reached(events: Mapping[int, int], censored: Mapping[int, int], times: Sequence[int]) -> list[float]:
    """The share that an event has happened to by each of the times, after Kaplan and Meier (1958).

    ``events`` and ``censored``: how many it happened to at a time, and how many were last observed at one without it.
    """
    if not events:
        return [0.0 for _ in times]
    data = stats.CensoredData(uncensored=_spread(events), right=_spread(censored))
    return [round(1 - float(survival), 4) for survival in stats.ecdf(data).sf.evaluate(np.asarray(times))]


def _spread(counts: Mapping[int, int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.repeat(
        np.fromiter(counts.keys(), np.int64, len(counts)), np.fromiter(counts.values(), np.int64, len(counts))
    )
