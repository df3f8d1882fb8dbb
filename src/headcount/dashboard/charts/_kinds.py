"""The kinds of chart, by the word of the registry.

To add a kind, enter its word in the registry and its module here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import altair as alt

from headcount.dashboard.charts import bands, bounds, over_periods, over_time, ranking, rates, reports
from headcount.questions import Answer, Chart

KINDS: Mapping[Chart, Callable[[Answer], alt.Chart | alt.LayerChart | alt.FacetChart]] = {
    "ranking": partial(ranking.draw, field="share"),
    "lifts": partial(ranking.draw, field="lift", title="times as often as if one had nothing to do with the other"),
    "estimates": partial(ranking.draw, field="estimate"),
    "reports": reports.draw,
    "bands": bands.draw,
    "over_time": partial(over_time.draw, part="new", title="installations seen; in orange, new ones"),
    "floods": partial(over_time.draw, part="apart", title="newcomers in a flood; in orange, those still set apart"),
    "bounds": bounds.draw,
    "rates": rates.draw,
    "over_periods": over_periods.draw,
}
"""Draws an answer, by the kind of its chart."""
