"""Charts: an answer as a Vega-Lite specification, made with Altair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headcount.questions import Answer

if TYPE_CHECKING:
    import altair as alt

_HEIGHT = 260  # pixels, of a chart whose bars do not make it higher

Spec = dict[str, Any]


def chart(answer: Answer) -> Spec:
    """The chart of an answer.

    Lines where it has bounds or a rate, bars over time where it has periods, else bars by what it counts. A count that is
    not said has no bar.
    """
    spec: Spec = _drawn(answer).to_dict(validate=False)  # a test draws every one
    return {"height": _HEIGHT, **spec, "width": "container"}


def _drawn(answer: Answer) -> alt.Chart | alt.LayerChart | alt.FacetChart:
    # Altair takes a third of a second to import, and most commands draw nothing
    from headcount.dashboard import _bars, _lines  # noqa: PLC0415

    columns = answer.columns()
    if "upper" in columns:
        return _lines.bounds(answer)
    if "rate" in columns:
        return _lines.rates(answer)
    if "period" in columns:
        return _bars.over_time(answer)
    if "reports" in columns:
        return _bars.counts(answer, "reports")
    if "band" in columns[1:]:
        return _bars.bands(answer)
    return _bars.ranking(answer, "estimate" if "estimate" in columns else "share")
