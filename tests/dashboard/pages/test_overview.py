"""The first page."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date, timedelta

from headcount.dashboard import View, picture
from headcount.dashboard.pages import overview
from headcount.dashboard.pages._frame import spark
from headcount.dashboard.pages._series import newest_in_words, newest_series
from headcount.questions import Answer, Query, released
from tests.support.visits import Visit, Visitor

UNTIL = date(2026, 10, 31)


def test_the_finding_is_how_many_are_alive_and_on_the_newest_series(
    visit: Visitor, asked: Callable[[Query], Answer]
) -> None:
    """Of those that say what they run."""
    versions = asked(Query("versions", by="buildbot"))
    newest = newest_series(UNTIL)
    (row,) = (row for row in versions.rows if row["version"] == newest)
    alive = next(row for row in asked(Query("installs", by="state")).rows if row["state"] == "alive")
    finding = visit("/").finding
    assert finding.startswith(f"{alive['installations']} masters alive")
    part = 100 * int(row["installations"] or 0) / (versions.denominator or 0)
    assert f"{part:.0f}% of the {versions.denominator} that say so run Buildbot {newest}" in finding


def test_what_is_not_released_is_not_the_newest_series(asked: Callable[[Query], Answer]) -> None:
    """Masters that run it are told apart."""
    versions = asked(Query("versions", by="buildbot"))
    ahead = {**versions.rows[0], "version": "99.1", "installations": versions.denominator}
    text = newest_in_words(dataclasses.replace(versions, rows=(ahead, *versions.rows)))
    assert f"run Buildbot {newest_series(UNTIL)}, the newest series" in text
    assert text.endswith("and 100% one that is not released.")


def test_the_newest_series_is_that_of_the_day() -> None:
    """Before a release came out it was another one."""
    newest = max(released())
    series = ".".join(map(str, newest[:2]))
    assert newest_series(released()[newest]) == series
    first = min(day for release, day in released().items() if release[:2] == newest[:2])
    assert newest_series(first - timedelta(days=1)) != series


def test_what_changed_is_listed_with_links(visit: Visitor, asked: Callable[[Query], Answer]) -> None:
    """Each gain and loss of 28 days that is clear leads on; where none is, the page says so."""
    page = visit("/")
    found = [row for table in asked(Query("changes", by="month")).tables.values() for row in table.rows]
    assert "What changed in 28 days?" in page.text
    assert " confirmed masters that were there 28 days before" in page.text
    assert page.rendered.html.count('class="amount"') == min(len(found), 16)
    assert ("Nothing clear." in page.text) is (len(found) == 0)
    assert "All changes" in page.links["/changes"]
    assert "/trust" in page.links


def test_of_nobody_it_says_why_nothing_is_compared(visit_nobody: Visitor) -> None:
    """And has no line through figures that are not there."""
    page = visit_nobody("/")
    assert page.finding == "0 masters alive."
    assert "<polyline" not in page.rendered.html


def test_a_line_goes_through_its_figures() -> None:
    """From 0, so that a small change looks small; of fewer than three it would say nothing."""
    assert spark([5, 10]) == ""
    assert spark([0, 0, 0]) == ""
    assert spark([0, 9, 18]) == "0.0,19.0 48.0,10.0 96.0,1.0"


def test_it_is_drawn(asked: Callable[[Query], Answer]) -> None:
    """Each chart in two widths, inline, and no style that the policy would refuse."""
    page = Visit(overview.page(asked, picture, View(today=UNTIL)))
    assert page.rendered.html.count('<div class="wide"><svg') == 4
    assert page.rendered.html.count('<div class="narrow"><svg') == 4
    assert "style=" not in page.rendered.html
