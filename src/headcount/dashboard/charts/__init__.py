"""Charts: an answer as a Vega-Lite specification, and drawn to SVG with a summary in words.

Each kind of the registry has a module here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from headcount.dashboard._titles import answer_title
from headcount.dashboard.charts._kinds import KINDS
from headcount.dashboard.charts._rows import drawn
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._svg import VEGA_LITE, drawn_svg
from headcount.questions import Answer, Chart

__all__ = ["VEGA_LITE", "Picture", "Spec", "chart", "drawn", "framed", "picture"]

_ALONE = 640  # pixels of a chart that is a file of its own
_WIDE, _NARROW = 600, 320  # pixels: the narrow one fits a telephone with room on both sides

_EMPTY = 20  # pixels: the height of a chart of nothing
_NOTHING = "No figure of it is published."

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


def picture(answer: Answer, kind: Chart | None = None, beside: Answer | None = None) -> Picture:
    """Draw an answer that has rows.

    ``kind``: how, unless as the registry says; ``beside``: another answer to the same question, which is drawn in the same
    chart as a second, lighter mark. Raises `BadQuestion` where it has too many rows to be drawn.
    """
    kind = kind or answer.breakdown.shown.chart
    chosen = KINDS[kind]
    shown, other = drawn(answer, kind), drawn(beside, kind) if beside and beside.rows else None
    summary = chosen.tell(shown, other) if shown.rows else _NOTHING
    sketches = [chosen.draw(shown, other, width) if shown.rows else Sketch(width) for width in (_WIDE, _NARROW)]
    wide, narrow = (drawn_svg(sketch.spec(), summary) for sketch in sketches)
    return Picture(wide, narrow, summary)


def framed(answer: Answer) -> Spec:
    """Return the chart of an answer as it stands alone: on white, with a title and its caption.

    Raises `BadQuestion` where it has too many rows to be drawn.
    """
    title = answer_title(answer.question, answer.by)
    return _sketch(answer, _ALONE).framed(title, answer.caption().replace("`", "")).spec("#ffffff")


def chart(answer: Answer) -> Spec:
    """Return the chart that the registry names for an answer. A count that is not published has no bar.

    Raises `BadQuestion` where it has too many rows to be drawn.
    """
    return _sketch(answer, _WIDE).spec()


def _sketch(answer: Answer, width: float) -> Sketch:
    shown = drawn(answer)
    return KINDS[answer.breakdown.shown.chart].draw(shown, None, width) if shown.rows else Sketch(width, _EMPTY)
