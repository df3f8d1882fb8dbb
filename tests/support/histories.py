"""Arrivals of all kinds, drawn by Hypothesis: around midnight, sent again, from crowded blocks, without ids, thrown away."""

from __future__ import annotations

from hypothesis import strategies as st

from headcount.contract import Arrival
from tests.support.tables import ORIGINS, PROFILES, START

_DAY = 86_400
DAYS = st.one_of(st.integers(0, 6), st.sampled_from([20, 27, 28, 31, 59, 394, 395, 396, 397, 425, 426, 790, 800]))
"""Days after the start, of which many are near and some are 13 months away."""
_SECONDS = st.sampled_from([0, 1, 300, 590, 43_200, 43_500, 86_100, 86_399]) | st.integers(0, 86_399)
MOMENTS = st.builds(lambda day, second: START + day * _DAY + second, DAYS, _SECONDS)
"""Unix time, seconds."""


def _arrival(received: int, install: int, said: int, what: str, report: int, *, crowded: bool) -> Arrival:
    if what.startswith("dropped"):
        return Arrival(received, report, 0, b"", what=what)
    if what == "anonymous":
        return Arrival(received, 0, said + 1, PROFILES[said], what=what)
    stock = ORIGINS.get(install, 0)
    what, report = ("report", report) if stock else (what, 0)
    return Arrival(received, install, said + 1, PROFILES[said], stock, report, what, crowded)


ARRIVALS_OF_ALL_KINDS = st.builds(
    _arrival,
    MOMENTS,
    st.integers(1, 8),
    st.integers(0, 2),
    st.sampled_from(["report", "report", "report", "repeat", "anonymous", "dropped: too large"]),
    st.integers(0, 4),
    crowded=st.sampled_from([False, False, True]),
)
"""Of eight installations, four of which have a secret; two of those came with one id."""
