"""Charts, without a browser."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import vl_convert

from headcount.dashboard import asset, chart, script
from headcount.questions import REGISTRY, Answer

DAY = date(2026, 10, 31)


def _answer(question: str, *, by: str, basis: str | None = None, rows: int = 30) -> Answer:
    breakdown = REGISTRY[question].by[by]
    sample: dict[str, Any] = {"installations": 1200, "share": 0.5, "instances": 3, "customized": 1, "new": 2}
    sample |= {"upper": 0.6, "silent": 3, "rate": 0.4, "seen": 30, "estimate": 0.3, "low": 0.4, "high": 0.6}
    sample |= {"apart": 900, "bound": 50, "reports": 20, "running": 1300, "running_share": 0.6, "lift": 2.5}
    made = []
    for number in range(rows):
        names = {column.name for column in breakdown.shown.columns}
        row = {name: sample.get(name, f"<b>{name}</b>-{number:02}") for name in names | {"share"}}
        row |= {"days": 30 * number} if "days" in names else {}
        made.append(row)
    return Answer(question, by, basis or breakdown.scope.bases[0], DAY, DAY, 2400, 1_793_491_092, tuple(made))  # type: ignore[arg-type]


@pytest.mark.parametrize("rows", [0, 1, 30])
@pytest.mark.parametrize(("question", "by"), [("installs", "month"), ("versions", "python"), ("plugins", "all")])
def test_every_chart_draws(question: str, by: str, rows: int) -> None:
    """The specification is Vega-Lite that its own compiler draws, with no row, one and many."""
    svg = vl_convert.vegalite_to_svg(chart(_answer(question, by=by, rows=rows)), vl_version="6.4")
    assert svg.startswith("<svg")
    layers = 2 if question == "installs" else 1
    assert svg.count('aria-roledescription="bar"') == layers * min(rows, 30 if question == "installs" else 20)


@pytest.mark.parametrize("name", REGISTRY)
def test_every_answer_has_a_chart(name: str) -> None:
    """Each way to ask each question is drawn: as many marks as rows, up to the most that a chart has."""
    for by, breakdown in REGISTRY[name].by.items():
        if breakdown.scope.starts is None or by == "4.3.0":
            svg = vl_convert.vegalite_to_svg(chart(_answer(name, by=by, rows=12)), vl_version="6.4")
            marks = svg.count('aria-roledescription="bar"') + svg.count('aria-roledescription="point"')
            assert marks % 12 == 0, (name, by)
            assert marks > 0, (name, by)


def test_a_number_is_labelled_with_its_name_and_bands_say_that_they_differ() -> None:
    """Bars of bands are as long as their shares, whatever the bands hold, which the axis says."""
    ages = chart(_answer("coverage", by="age", rows=2))
    assert "the bands are not of one width" in str(ages)
    depth = replace(
        _answer("customization", by="depth", rows=1), rows=({"depth": 3, "installations": 2, "share": 0.5},)
    )
    assert "'label': 'depth 3'" in str(chart(depth))
    assert "not of one width" not in str(chart(depth))


def test_assets_are_files_of_the_package_and_the_bundle() -> None:
    """And nothing else."""
    assert b"vegaEmbed" in script()
    assert asset("vega.js") is None
    assert asset("headcount.css") is not None
    assert asset("../templates/page.html") is None


def test_who_draws_nothing_does_not_wait_for_altair() -> None:
    """It takes as long to import as all the rest, and most commands, and a server that starts, draw nothing."""
    program = "import headcount.server, sys; sys.exit('altair' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
