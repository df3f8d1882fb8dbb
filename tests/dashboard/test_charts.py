"""Charts and pages, without a browser."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pytest
import vl_convert

from headcount.dashboard import asset, chart
from headcount.dashboard.charts import VEGA_LITE
from headcount.dashboard.charts._kinds import KINDS
from headcount.questions import Answer
from tests.support.made_answers import made


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


def test_a_number_is_labelled_with_its_name() -> None:
    """A bar that is labelled 3 would not say of what."""
    depth = replace(
        _answer("customization", by="depth", rows=1), rows=({"depth": 3, "installations": 2, "share": 0.5},)
    )
    assert "'text': 'depth 3'" in str(chart(depth))


@pytest.mark.parametrize(
    ("by", "told"),
    [
        ("buildbot", "most run 4.2, 80.0%, the newest, 4.3, 15.0% and 3.0% one that is not released"),
        ("python", "most run 4.2, 80.0% and the newest, 4.4, 3.0%"),
    ],
)
def test_the_newest_version_is_one_that_is_released(by: str, told: str) -> None:
    """As far as that is known; what is not out yet is told apart, and the rare ones are no version."""
    shares = {"rare": 0.02, "4.4": 0.03, "4.3": 0.15, "4.2": 0.8}
    rows = tuple({"version": version, "installations": 50, "share": share, "running_share": None}
                 for version, share in shares.items())  # fmt: skip
    answer = replace(made("versions", by, 1), rows=rows)
    assert KINDS["versions"].tell(answer, None).startswith(f"In the order of versions: {told}. ")


def test_what_users_differ_in_is_called_by_its_name() -> None:
    """A class as everywhere else, and any other value with what it is of."""
    rows = made("drop", "differences", 2).rows
    rows = (
        {**rows[0], "attribute": "companion", "value": "buildbot.steps.shell.Compile"},
        {**rows[1], "attribute": "db", "value": "mysql"},
    )
    told = KINDS["dumbbells"].tell(replace(made("drop", "differences", 2), rows=rows), None)
    assert re.match(
        r"With it, and of those without it: Compile [\d.]+% against 30\.0% and db mysql [\d.]+% against ", told
    )


def test_a_report_has_its_age_in_days() -> None:
    """And a field the name that people have for it."""
    age, field = (replace(made("coverage", by, 1), rows=({**_SEEN, **row},)) for by, row in _NAMED.items())
    assert "0-7 days 50.0%" in KINDS["ranking"].tell(age, None)
    assert "kind of Python 50.0%" in KINDS["coverage"].tell(field, None)


_SEEN = {"installations": 1200, "share": 0.5}
_NAMED = {"age": {"band": "0-7"}, "field": {"value": "platform.python_implementation"}}


def test_assets_are_files_of_the_package() -> None:
    """And nothing else."""
    assert asset("vega.js") is None
    assert asset("headcount.css") is not None
    assert asset("../templates/page.html") is None


def test_who_draws_nothing_does_not_wait_for_what_draws() -> None:
    """It takes as long to import as all the rest, and most commands, and a server that starts, draw nothing."""
    program = "import headcount.server, sys; sys.exit('vl_convert' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
