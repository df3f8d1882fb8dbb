"""Explore: every question in every way, each parameter where it is taken, and what is wrong where it was typed."""

from __future__ import annotations

import re

import pytest

from headcount.dashboard import NoSuchPage
from headcount.dashboard.pages import question, questions
from headcount.questions import REGISTRY
from tests.support.sites import Site, links, words


def _fields(html: str) -> set[str]:
    """Return the names of the fields of the form."""
    form = html.partition("<main")[2].partition("</form>")[0]
    return set(re.findall(r'<(?:input|select)[^>]* name="(\w+)"', form))


def test_every_way_to_ask_is_a_link(bare: Site) -> None:
    """Of every question, with its meaning in a sentence."""
    page = bare.get(questions.page)
    found = links(page)
    assert [link for link in found if link.count("?") == 0 and link.startswith("/questions/")] == [
        f"/questions/{name}" for name in REGISTRY
    ]
    assert sum("?by=" in link for link in found) == sum(len(each.by) for each in REGISTRY.values())
    assert "How fast people upgrade." in words(page)
    assert "May we drop it?" in words(page)


@pytest.mark.parametrize(
    ("name", "by", "taken"),
    [
        ("versions", "python", {"over", "since"}),
        ("upgrades", "4.3.0", set()),
        ("combinations", "pair", {"support", "since"}),
        ("drop", "silent", set()),
        ("drop", "month", {"since"}),
        ("changes", "condition", set()),
    ],
)
def test_a_parameter_is_asked_for_where_it_is_taken(bare: Site, name: str, by: str, taken: set[str]) -> None:
    """By, basis, condition, end and comparison everywhere; periods, the window and the support where they mean something."""
    page = bare.get(question.page, {"by": by}, name=name)
    assert _fields(page.html) - {"was"} == {"by", "basis", "where", "plugin", "until", "with", *taken}
    assert not page.refused


def test_a_question_of_a_condition_asks_for_one(bare: Site) -> None:
    """In no red, with examples."""
    page = bare.get(question.page, {"by": "companions"}, name="drop")
    assert "This is asked of a condition" in words(page)
    assert 'role="alert"' not in page.html
    assert "/questions/drop?by=companions&where=plugin+%3D+CVS" in links(page)


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"by": "perl"}, "there is no by of versions 'perl'"),
        ({"by": "python", "since": "2026-01-01"}, "since goes with the basis seen"),
        ({"by": "python", "support": "many"}, "support must be a number of installations"),
        ({"by": "python", "when": "1"}, "there is no parameter 'when'"),
        ({"by": "python.release", "over": "month"}, "is not asked over periods"),
        ({"until": "yesterday"}, "'yesterday' is no day such as"),
        ({"basis": "all"}, "there is no basis 'all'"),
    ],
)
def test_what_cannot_be_asked_is_told(bare: Site, parameters: dict[str, str], says: str) -> None:
    """On the page, which keeps what was typed, and refuses."""
    page = bare.get(question.page, parameters, name="versions")
    assert says in words(page)
    assert page.refused


@pytest.mark.ci
def test_a_wrong_condition_leaves_the_answer_of_before(site: Site) -> None:
    """It stands under its field, and the table is that of the condition of before."""
    page = site.get(question.page, {"by": "buildbot", "where": "pythn < 3", "was": "plugin = CVS"}, name="versions")
    assert page.refused
    assert "there is no 'pythn' (did you mean python?)" in words(page)
    assert "and match plugin = CVS" in words(page)
    assert 'value="pythn &lt; 3"' in page.html


@pytest.mark.ci
def test_an_answer_has_all_its_tables_columns_and_ways_to_take_it_away(site: Site) -> None:
    """Of `drop` also Markdown; the command asks the same."""
    page = site.get(question.page, {"where": "plugin = CVS"}, name="drop")
    found, said = links(page), words(page)
    for name in ("csv", "json", "parquet", "svg", "png"):
        assert f"/api/ask/drop?where=plugin+%3D+CVS&format={name}" in found
    assert "/api/ask/drop?where=plugin+%3D+CVS&format=markdown&private=true" in found
    assert "headcount ask drop --where 'plugin = CVS'" in said
    for column in REGISTRY["drop"].by["summary"].tables["year"]:
        assert column.meaning.replace("`", "") in said
    assert re.search(r"<h1[^>]*>May we drop it\?</h1>", page.html)
    assert re.search(r"<h2[^>]*>Who uses it</h2>", page.html)
    assert "still" not in said
    assert "What the picture shows." in said


@pytest.mark.ci
def test_over_months_is_a_chart_and_its_table(site: Site) -> None:
    """An empty parameter is as if it were not given, and leaves the address."""
    page = site.get(question.page, {"by": "buildbot", "over": "month"}, name="versions")
    assert "By buildbot, at the end of each month" in words(page)
    assert "2026-09" in words(page)
    cleaned = site.get(question.page, {"by": "buildbot", "over": "", "where": ""}, name="versions")
    assert cleaned.location == "/questions/versions?by=buildbot"


def test_there_is_no_page_of_what_is_no_question(bare: Site) -> None:
    """It says which one may have been meant."""
    with pytest.raises(
        NoSuchPage, match=r"^There is no question 'verions' \(did you mean versions\?\): it is one of inst"
    ):
        bare.get(question.page, name="verions")
