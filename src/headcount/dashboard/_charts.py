"""Charts: an answer as a Vega-Lite specification, made with Altair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from headcount.questions import REGISTRY, Answer, Chart

if TYPE_CHECKING:
    import altair as alt

_HEIGHT = 260  # pixels, of a chart whose bars do not make it higher

Spec = dict[str, Any]


def chart(answer: Answer) -> Spec:
    """Return the chart that the registry names for an answer. A count that is not published has no bar."""
    spec: Spec = _drawn(answer).to_dict(validate=False)  # a test draws every one
    return {"height": _HEIGHT, **spec, "width": "container"}


def _drawn(answer: Answer) -> alt.Chart | alt.LayerChart | alt.FacetChart:
    # Altair takes a third of a second to import, and most commands draw nothing
    from headcount.dashboard import _bars, _lines  # noqa: PLC0415

    kinds: Mapping[Chart, Callable[[Answer], alt.Chart | alt.LayerChart | alt.FacetChart]] = {
        "ranking": partial(_bars.ranking, field="share"),
        "estimates": partial(_bars.ranking, field="estimate"),
        "reports": partial(_bars.counts, field="reports"),
        "bands": _bars.bands,
        "over_time": partial(_bars.over_time, part="new", title="installations seen; in orange, new ones"),
        "floods": partial(
            _bars.over_time, part="apart", title="newcomers in a flood; in orange, those still set apart"
        ),
        "bounds": _lines.bounds,
        "rates": _lines.rates,
    }
    return kinds[REGISTRY[answer.question].by[answer.by].shown.chart](answer)
