"""Charts: an answer as a Vega-Lite specification, made with Altair, and drawn to SVG.

Each kind of the registry has a module here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from headcount.dashboard.charts._rows import drawn
from headcount.questions import REGISTRY, Answer, Chart

__all__ = ["Picture", "Spec", "chart", "drawn", "picture"]

_HEIGHT = 260  # pixels, of a chart whose bars do not make it higher
_WIDE, _NARROW = 600, 300  # pixels

Spec = dict[str, Any]
"""A specification in Vega-Lite 6, as JSON has it."""


class Picture(NamedTuple):
    """An answer drawn: SVG that may stand inline in a page, for a wide screen and for a narrow one.

    It has no style, no script and no id that another picture has; its ground is transparent and its colours are those of the
    light theme. ``summary``: the chart in a sentence or two, for who cannot see it, which both also have as their name.
    """

    wide: str
    narrow: str
    summary: str


def picture(
    answer: Answer,
    kind: Chart | None = None,
    beside: Answer | None = None,  # noqa: ARG001  # the next commit draws it
) -> Picture:
    """Draw an answer that has rows.

    ``kind``: how, unless as the registry says; ``beside``: another answer to the same question, which is drawn in the same
    chart as a second, lighter mark. Raises `BadQuestion` where it has too many rows to be drawn.
    """
    from headcount.dashboard.charts._svg import drawn_svg  # noqa: PLC0415  # as below

    spec = {**chart(answer, kind), "background": "transparent", "config": {"aria": False}}
    summary = f"{REGISTRY[answer.question].title} by {answer.by}"
    wide, narrow = (drawn_svg({**spec, "width": width}, summary) for width in (_WIDE, _NARROW))
    return Picture(wide, narrow, summary)


def chart(answer: Answer, kind: Chart | None = None) -> Spec:
    """Return the chart that the registry names for an answer. A count that is not published has no bar.

    Raises `BadQuestion` where it has too many rows to be drawn.
    """
    # Altair takes a third of a second to import, and most commands draw nothing
    from headcount.dashboard.charts._kinds import KINDS  # noqa: PLC0415

    kind = kind or answer.breakdown.shown.chart
    spec: Spec = KINDS[kind](drawn(answer, kind)).to_dict(validate=False)  # a test draws every one
    return {"height": _HEIGHT, **spec, "width": "container"}
