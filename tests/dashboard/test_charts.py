"""Charts and pages, without a browser."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import vl_convert

from headcount.dashboard import asset, chart, first_page
from headcount.questions import BASES, REGISTRY, Answer

DAY = date(2026, 10, 31)


def _answer(question: str, *, by: str, basis: str | None = None, rows: int = 30) -> Answer:
    breakdown = REGISTRY[question].by[by]
    sample: dict[str, Any] = {"installations": 1200, "share": 0.5, "instances": 3, "customized": 1, "new": 2}
    made = []
    for number in range(rows):
        names = {column.name for column in breakdown.columns}
        row = {name: sample.get(name, f"<b>{name}</b>-{number:02}") for name in names | {"share"}}
        made.append(row)
    return Answer(question, by, basis or breakdown.bases[0], DAY, DAY, 2400, 1_793_491_092, tuple(made))  # type: ignore[arg-type]


@pytest.mark.parametrize("rows", [0, 1, 30])
@pytest.mark.parametrize(("question", "by"), [("installs", "month"), ("versions", "python"), ("plugins", "all")])
def test_every_chart_draws(question: str, by: str, rows: int) -> None:
    """The specification is Vega-Lite that its own compiler draws, with no row, one and many."""
    svg = vl_convert.vegalite_to_svg(chart(_answer(question, by=by, rows=rows)), vl_version="6.4")
    assert svg.startswith("<svg")
    layers = 2 if question == "installs" else 1
    assert svg.count('aria-roledescription="bar"') == layers * min(rows, 30 if question == "installs" else 20)


@pytest.mark.parametrize("basis", BASES)
def test_the_page_has_every_answer_with_its_caption(basis: str) -> None:
    """Denominator, window and freshness stand at each chart; what comes from data is escaped."""
    page = first_page(_answer, basis)
    assert page.count('class="chart"') == 6
    assert page.count("Share of 2,400 installations") == 7
    assert page.count("data until 2026-10-31T23:58:12Z") == 7
    assert "<b>" not in page
    assert "&lt;b&gt;version&lt;/b&gt;-00" in page


def test_assets_are_files_of_the_package_and_the_bundle() -> None:
    """And nothing else."""
    assert asset("vega.js") is not None
    assert asset("headcount.css") is not None
    assert asset("../templates/page.html") is None
