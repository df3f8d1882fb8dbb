"""The formats of an answer."""

from __future__ import annotations

import copy
import textwrap
from collections.abc import Callable, Mapping
from typing import NamedTuple

from headcount.dashboard._sheet import sheet
from headcount.dashboard.charts import Spec, chart
from headcount.questions import REGISTRY, Answer, answer_parquet

_WIDTH = 640  # pixels of the plot; beside it stand the axis and the legend
_LINE = 110  # characters of a caption's line
_SCALE = 2  # of PNG, for screens with two pixels where there was one
_VEGA_LITE = "6.4"  # the newest that the converter has


class Format(NamedTuple):
    """A format: its media type, and the function that writes an answer in it.

    ``is_picture``: whether it is drawn, which holds the interpreter for as long as it takes: a server leaves that to
    another process.
    """

    media_type: str
    render: Callable[[Answer], bytes]
    is_picture: bool = False


def picture(answer: Answer) -> Spec:
    """Return the chart of an answer as it stands alone: with a title, with its caption, and of a fixed width.

    Raises `BadQuestion` where it has too many rows to be drawn.
    """
    spec = copy.deepcopy(chart(answer))
    spec["width"] = _WIDTH
    spec["background"] = "white"
    spec["title"] = {
        "text": f"{REGISTRY[answer.question].title} by {answer.by}",
        "subtitle": textwrap.wrap(answer.caption(), _LINE),
        "anchor": "start",
        "offset": 12,
    }
    return spec


def _svg(answer: Answer) -> bytes:
    import vl_convert  # noqa: PLC0415  # it is large, and most answers are not drawn

    return vl_convert.vegalite_to_svg(picture(answer), vl_version=_VEGA_LITE).encode()


def _png(answer: Answer) -> bytes:
    import vl_convert  # noqa: PLC0415  # as above

    return vl_convert.vegalite_to_png(picture(answer), vl_version=_VEGA_LITE, scale=_SCALE)


def script() -> bytes:
    """Return the script that draws charts in a browser."""
    import vl_convert  # noqa: PLC0415  # as above

    bundle: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]  # its stub wants what it has a default for
    return bundle.encode()


FORMATS: Mapping[str, Format] = {
    "table": Format("text/plain; charset=utf-8", lambda answer: answer.to_table().encode()),
    "json": Format("application/json", lambda answer: answer.to_json().encode()),
    "csv": Format("text/csv; charset=utf-8", lambda answer: answer.to_csv().encode()),
    "parquet": Format("application/vnd.apache.parquet", answer_parquet),
    "svg": Format("image/svg+xml", _svg, is_picture=True),
    "png": Format("image/png", _png, is_picture=True),
    "sheet": Format("application/json", sheet),
}
"""Every format, by name."""
