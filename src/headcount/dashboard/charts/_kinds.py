"""The kinds of chart, by the word of the registry.

To add a kind, enter its word in the registry and its module here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from headcount.dashboard.charts import (
    alive,
    bands,
    bounds,
    changes,
    coverage,
    cumulative,
    dumbbells,
    floods,
    intervals,
    over_periods,
    over_time,
    pairs,
    points,
    quantiles,
    ranking,
    rates,
    reports,
    shades,
    turnover,
    versions,
)
from headcount.dashboard.charts._sketch import Sketch
from headcount.questions import Answer, Chart


class Kind(NamedTuple):
    """A kind of chart: what draws an answer and one beside it in so many pixels, and what tells it in words."""

    draw: Callable[[Answer, Answer | None, float], Sketch]
    tell: Callable[[Answer, Answer | None], str]


KINDS: Mapping[Chart, Kind] = {
    "alive": Kind(alive.draw, alive.tell),
    "bands": Kind(bands.draw, bands.tell),
    "bounds": Kind(bounds.draw, bounds.tell),
    "changes": Kind(changes.draw, changes.tell),
    "coverage": Kind(coverage.draw, coverage.tell),
    "cumulative": Kind(cumulative.draw, cumulative.tell),
    "dumbbells": Kind(dumbbells.draw, dumbbells.tell),
    "floods": Kind(floods.draw, floods.tell),
    "intervals": Kind(intervals.draw, intervals.tell),
    "over_periods": Kind(over_periods.draw, over_periods.tell),
    "over_time": Kind(over_time.draw, over_time.tell),
    "pairs": Kind(pairs.draw, pairs.tell),
    "points": Kind(points.draw, points.tell),
    "quantiles": Kind(quantiles.draw, quantiles.tell),
    "ranking": Kind(ranking.draw, ranking.tell),
    "rates": Kind(rates.draw, rates.tell),
    "reports": Kind(reports.draw, reports.tell),
    "shades": Kind(shades.draw, shades.tell),
    "turnover": Kind(turnover.draw, turnover.tell),
    "versions": Kind(versions.draw, versions.tell),
}
"""What draws and tells an answer, by the kind of its chart."""
