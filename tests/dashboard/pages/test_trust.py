"""How far to trust: the words are made of what the reports leave out."""

from __future__ import annotations

import re

import pytest

from headcount.dashboard.pages import trust
from headcount.questions import Query
from tests.support.sites import Site, finding, links, words


@pytest.mark.ci
def test_the_words_are_made_of_the_coverage(site: Site) -> None:
    """How many, how old, how much they tell, and whether anything is not counted; with what the bases mean."""
    page = site.get(trust.page)
    said, whole = words(page), site.ask(Query("coverage", "level")).denominator
    assert finding(page).startswith("Those who report are no random sample")
    assert f"Of the {whole} masters here none reported in the last 30 days." in finding(page)
    assert f"Of {whole} reports: 100% basic." in said
    assert f"Nothing: of {whole} reports every value was public." in said
    assert "Masters alive, and seen on two different days of their life." in said
    assert "Nothing: no flood came, and every report had an id." in said
    assert {f"/questions/coverage?by={way}" for way in ("level", "sender", "field", "uncounted")} <= {*links(page)}


@pytest.mark.ci
def test_fields_and_ages_are_said_in_words(site: Site) -> None:
    """No name of the catalog, and no number of days without its unit."""
    page = site.get(trust.page)
    said = words(page)
    assert "kind of Python" in said
    assert not re.search(r"\b((platform|versions)\.|www_plugins|db_server)", said)
    assert re.search(r"\d-\d+ days", said)
    assert not re.search(r"\b(0-7|8-30|31-90|91-180|271-400)(?! days)\b", said)


@pytest.mark.ci
def test_a_condition_applies_and_goes_along(site: Site) -> None:
    """The coverage is of those that match; the silent are asked of the same condition."""
    page = site.get(trust.page, {"where": "plugin = CVS"})
    whole = site.ask(Query("coverage", "level", where="plugin = CVS")).denominator
    assert f"Of the {whole} masters here" in finding(page)
    assert "/drop?where=plugin+%3D+CVS" in links(page)


@pytest.mark.ci
def test_of_one_master_and_of_none_it_tells_no_share(lone: Site, bare: Site) -> None:
    """Counts of the one; of none that there is nothing to trust, and what the words mean."""
    one = words(lone.get(trust.page, {"until": "2026-03-30"}))
    assert "Of 1 report: 1 basic." in one
    assert "%" not in one.partition("Intervals")[0]
    none = bare.get(trust.page)
    assert finding(none) == "No report came yet, so there is nothing to trust."
    assert "Who is alive?" in words(none)
