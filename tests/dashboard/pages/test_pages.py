"""What holds of every page for maintainers."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import parse_qsl, urlsplit

import pytest

from headcount.dashboard._filter import Filter
from tests.support.visits import Visitor, page_of

PAGES = (
    "/",
    "/versions",
    "/versions?grain=release",
    "/upgrades",
    "/plugins",
    "/plugins/Git",
    "/plugins/console_view",
    "/plugins/custom",
    "/environments",
    "/changes",
    "/changes?with=1y",
    "/changes?with=db+%3D+mysql",
)
_ELSEWHERE = (
    "/drop", "/next", "/trust", "/privacy", "/public", "/api/", "/questions", "/sign-in", "/sign-out", "/search", "#",
)  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_a_page_begins_with_what_it_found_and_leads_on(visit: Visitor, address: str) -> None:
    """Its finding is made of figures, no id stands twice, and each link leads to a page, with a filter that holds."""
    page = visit(address)
    assert not page.rendered.refused
    assert not page.rendered.missing
    assert page.finding.endswith(".")
    assert re.search(r"\d|Nothing|Nobody", page.finding)
    assert [name for name, times in Counter(page.ids).items() if times > 1] == []
    for link in page.links:
        if not link.startswith(_ELSEWHERE):
            page_of(link)
        typed = dict(parse_qsl(urlsplit(link).query))
        assert Filter.from_text(urlsplit(link).path, typed).problems == {}, link
    assert page.rendered.html.count("<h1>") == 1
    assert " style=" not in page.rendered.html
    assert page.rendered.html.count("<div><dt>") <= 4


@pytest.mark.parametrize("address", PAGES)
def test_a_page_of_nobody_and_one_of_a_single_master_can_be_looked_at(
    visit_nobody: Visitor, visit_one: Visitor, address: str
) -> None:
    """It has no share of so few, and no picture."""
    for page in (visit_nobody(address), visit_one(address)):
        assert not page.rendered.refused
        assert "%" not in page.finding
        assert "<figure>" not in page.rendered.html
        assert "1 masters" not in page.text


def test_a_wrong_condition_is_said_under_its_field_and_leaves_the_last_answer(visit: Visitor) -> None:
    """What was typed stands in the field; the page answers the condition of before."""
    page = visit("/versions?where=plugn+%3D+CVS&was=db+%3D+mysql")
    assert page.rendered.refused
    assert page.fields["where"] == "plugn = CVS"
    assert page.fields["was"] == "db = mysql"
    assert 'id="problem-where"' in page.rendered.html
    assert 'aria-describedby="problem-where"' in page.rendered.html
    assert page.finding == visit("/versions?where=db+%3D+mysql").finding


@pytest.mark.parametrize(
    ("address", "name", "problem"),
    [
        ("/?until=2099-01-01", "until", "2099-01-01 is after today"),
        ("/versions?since=2026-10-01&until=2026-01-01", "since", "2026-10-01 is after 2026-01-01"),
    ],
)
def test_a_day_that_cannot_be_asked_about_is_said_at_its_field(
    visit: Visitor, address: str, name: str, problem: str
) -> None:
    """Once; it stays typed, and the page answers without it."""
    page = visit(address)
    assert page.rendered.refused
    assert page.text.count(problem) == 1
    assert f'aria-describedby="problem-{name}"' in page.rendered.html
    assert page.fields[name] in address
    assert page.finding


def test_what_is_wrong_with_a_parameter_that_has_no_field_is_said(visit: Visitor) -> None:
    """Under the bar."""
    page = visit("/upgrades?since=2099-01-01")
    assert page.rendered.refused
    assert "since: 2099-01-01 is after today" in page.text


@pytest.mark.parametrize(
    ("sent", "address"),
    [
        ("/versions?where=&basis=&plugin=CVS&with=", "/versions?where=plugin+%3D+CVS"),
        ("/?where=db+%3D+mysql&plugin=CVS&was=x", "/?where=db+%3D+mysql+and+plugin+%3D+CVS"),
        ("/upgrades?release=4.2.0&second=none&where=", "/upgrades?release=4.2.0&second=none"),
    ],
)
def test_what_a_form_sends_becomes_an_address_that_can_be_sent_on(visit: Visitor, sent: str, address: str) -> None:
    """Without empty parameters, and with the plugin in the condition."""
    assert visit(sent).rendered.location == address
    assert visit(address).rendered.location == ""


def test_a_panel_says_what_of_the_filter_does_not_apply(visit: Visitor) -> None:
    """Those seen are not asked for changes; what cannot be compared is not."""
    page = visit("/changes?basis=seen")
    assert "Over confirmed, since this is not asked over seen." in page.text
    assert "Nothing is compared here" in visit("/plugins/Git?with=1y").text
