"""The flood rule: how many installations that were never seen before are believed on one day.

No address is stored, so nothing tells a made-up installation from a real one but that many come together. Where more
newcomers come than the rule believes, all newcomers of that day are set apart, since nothing tells which of them are real.
Each is released on the first later day on which no more of those set apart come back than are believed of newcomers. So a
flood that comes back day after day is never released, and a real installation that was caught in it is released when it
reports on a calmer day.

The rule cannot see a trickle within the bound, of which each is sent on two days: so many made-up installations a day are
confirmed at most. The median holds while fewer than half of the days before are flooded.
"""

from __future__ import annotations

from typing import NamedTuple


class FloodRule(NamedTuple):
    """How many newcomers are believed on a day: ``factor`` times the median of the ``history`` days before, or ``floor``.

    In the first ``grace`` days of the data all newcomers are believed, since there is nothing to compare with.
    """

    floor: int = 50
    factor: int = 5
    history: int = 56
    grace: int = 28
