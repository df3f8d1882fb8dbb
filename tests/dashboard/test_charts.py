"""Charts and pages, without a browser."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
import vl_convert

from headcount.dashboard import PAGES, View, asset, chart, script
from headcount.dashboard.charts import VEGA_LITE
from headcount.questions import BASES, REGISTRY, Answer, BadQuestion, Query
from tests.support.made_answers import made

OVERVIEW, QUESTION = PAGES


def _answer(question: str, *, by: str, basis: str | None = None, rows: int = 30) -> Answer:
    answer = made(question, by, rows)
    return replace(answer, basis=basis or answer.basis)  # type: ignore[arg-type]


@pytest.mark.parametrize("rows", [0, 1, 30])
@pytest.mark.parametrize(("question", "by"), [("installs", "month"), ("versions", "python"), ("plugins", "all")])
def test_every_chart_draws(question: str, by: str, rows: int) -> None:
    """The specification is Vega-Lite that its own compiler draws, with no row, one and many."""
    svg = vl_convert.vegalite_to_svg(chart(_answer(question, by=by, rows=rows)), vl_version=VEGA_LITE)
    assert svg.startswith("<svg")
    assert ("mark-rule" in svg) is (rows > 0)


def _ask(query: Query) -> Answer:
    by = query.by or next(iter(REGISTRY[query.question].by))
    if by not in REGISTRY[query.question].by:
        raise BadQuestion(f"there is no by of {query.question} {by!r}")
    return _answer(query.question, by=by, basis=query.basis)


def _asked_of(name: str) -> Answer:
    return _ask(Query(name))


def test_a_number_is_labelled_with_its_name() -> None:
    """A bar that is labelled 3 would not say of what."""
    depth = replace(
        _answer("customization", by="depth", rows=1), rows=({"depth": 3, "installations": 2, "share": 0.5},)
    )
    assert "'text': 'depth 3'" in str(chart(depth))


@pytest.mark.parametrize("name", REGISTRY)
def test_every_question_has_a_page(name: str) -> None:
    """With its answer, what its columns are, the intervals' caveat, and a form that keeps what was asked."""
    page, refused = QUESTION.render(_ask, chart, View(name, {"where": 'plugin = "CVS"'}))
    assert not refused
    assert 'value="plugin = &#34;CVS&#34;"' in page
    assert page.count('class="chart"') == 1
    assert ("if those who report were a random sample; they are not" in page) is _asked_of(name).needs_caveat
    assert "data until 2026-10-31T23:58:12Z" in page
    assert all(f"<dt>{column.name}</dt>" in page for column in next(iter(REGISTRY[name].by.values())).shown.columns)


def test_a_page_says_what_is_wrong() -> None:
    """A wrong question keeps its form; one that needs a condition asks for it."""
    page, refused = QUESTION.render(_ask, chart, View("versions", {"by": "<perl>"}))
    assert refused
    assert "there is no by of versions &#39;&lt;perl&gt;&#39;" in page
    page, refused = QUESTION.render(_ask, chart, View("drop"))
    assert not refused
    assert "This is asked of a condition: give one" in page
    assert 'class="chart"' not in page


@pytest.mark.parametrize("basis", BASES)
def test_the_page_has_every_answer_with_its_caption(basis: str) -> None:
    """Denominator, window and freshness stand at each chart; what comes from data is escaped."""
    page, _ = OVERVIEW.render(_ask, chart, View(parameters={"basis": basis}))
    assert page.count('class="chart"') == 6
    assert page.count("Share of 2,400 installations") == 7
    assert page.count("data until 2026-10-31T23:58:12Z") == 7
    assert "<b>" not in page
    assert "&lt;b&gt;&amp;" in page


def test_assets_are_files_of_the_package_and_the_bundle() -> None:
    """And nothing else."""
    assert b"vegaEmbed" in script()
    assert asset("vega.js") is None
    assert asset("headcount.css") is not None
    assert asset("../templates/page.html") is None


def test_who_draws_nothing_does_not_wait_for_what_draws() -> None:
    """It takes as long to import as all the rest, and most commands, and a server that starts, draw nothing."""
    program = "import headcount.server, sys; sys.exit('vl_convert' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
