"""The formats of an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from headcount.dashboard._sheet import sheet
from headcount.dashboard.charts import VEGA_LITE, framed
from headcount.questions import Answer, answer_parquet

_SCALE = 2  # of PNG, for screens with two pixels where there was one


class Format(NamedTuple):
    """A format: its media type, and the function that writes an answer in it.

    ``is_picture``: whether it is drawn, which holds the interpreter for as long as it takes: a server leaves that to
    another process.
    """

    media_type: str
    render: Callable[[Answer], bytes]
    is_picture: bool = False


def _svg(answer: Answer) -> bytes:
    import vl_convert  # noqa: PLC0415  # it is large, and most answers are not drawn

    return vl_convert.vegalite_to_svg(framed(answer), vl_version=VEGA_LITE).encode()


def _png(answer: Answer) -> bytes:
    import vl_convert  # noqa: PLC0415  # as above

    return vl_convert.vegalite_to_png(framed(answer), vl_version=VEGA_LITE, scale=_SCALE)


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
