"""Charts: an answer as a Vega-Lite specification, made with Altair.

Each kind of the registry has a module here.
"""

from __future__ import annotations

from typing import Any

from headcount.dashboard.charts._rows import drawn
from headcount.questions import Answer

__all__ = ["Spec", "chart", "drawn"]

_HEIGHT = 260  # pixels, of a chart whose bars do not make it higher

Spec = dict[str, Any]
"""A specification in Vega-Lite 6, as JSON has it."""


def chart(answer: Answer) -> Spec:
    """Return the chart that the registry names for an answer. A count that is not published has no bar.

    Raises `BadQuestion` where it has too many rows to be drawn.
    """
    # Altair takes a third of a second to import, and most commands draw nothing
    from headcount.dashboard.charts._kinds import KINDS  # noqa: PLC0415

    kind = answer.breakdown.shown.chart
    spec: Spec = KINDS[kind](drawn(answer)).to_dict(validate=False)  # a test draws every one
    return {"height": _HEIGHT, **spec, "width": "container"}
