"""The next release: whom each condition that is kept leaves behind, and all of them together."""

from __future__ import annotations

import re

import pytest

from headcount.dashboard.pages import next_release
from headcount.questions import Query, Removal
from tests.support.sites import Site, finding, links, words

KEPT = (Removal("plugin = CVS", "nobody asks for it"), Removal("buildbot < 3", ""))


@pytest.mark.ci
def test_each_is_told_and_all_together(site: Site) -> None:
    """With its line, how many of how many, who of them runs what is new, and the union with its overlap."""
    page = site.get(next_release.page, removals=KEPT)
    said = words(page)
    for removal in KEPT:
        record = site.ask(Query("drop", where=removal.where))
        (row,) = record.rows
        assert (
            f"{removal.where} {removal.why}".strip()
            + f" left behind {row['installations']} answered {record.denominator} of them on 4.3 or 4.2 "
            f"{row['on_newest_series']} "
        ) in said
    union = site.ask(Query("drop", where="(plugin = CVS) or (buildbot < 3)"))
    assert finding(page).startswith(
        f"All 2 together would leave {union.rows[0]['installations']} confirmed masters behind"
    )
    assert f"of the {union.denominator} that answer this" in finding(page)
    (both,) = union.tables["overlap"].rows
    assert f"{both['part']} {both['with']} {both['installations']} " in said


@pytest.mark.ci
def test_one_condition_is_not_called_all(site: Site) -> None:
    """There is nothing that it would be all of."""
    assert " left behind by all of it " in words(site.get(next_release.page, removals=KEPT))
    assert "by all of it" not in words(site.get(next_release.page, removals=KEPT[:1]))


def test_what_cannot_be_asked_any_more_says_why_and_the_others_are_told(bare: Site) -> None:
    """A condition that an earlier vocabulary knew, or that was written by hand, stands there with its problem."""
    page = bare.get(next_release.page, removals=(Removal("plugin = Gone", "was"), Removal("db = mysql", "")))
    assert "'Gone' is no public class" in words(page)
    assert finding(page) == "2 conditions kept; no confirmed master tells anything of this yet."
    assert not page.refused


def test_the_form_sends_the_token_and_has_what_was_typed(bare: Site) -> None:
    """And the problem under its field; changed is the one that the address names."""
    page = bare.get(
        next_release.page,
        {"keep": "pythn < 3", "why": "a <b>line</b>"},
        removals=(),
        form_token="t0ken",
        problems={"where": "there is no 'pythn'", "file": "the file is damaged"},
    )
    assert page.html.count('name="token" value="t0ken"') == 1
    assert 'value="pythn &lt; 3"' in page.html
    assert "a &lt;b&gt;line&lt;/b&gt;" in page.html
    assert re.search(
        r'aria-describedby="problem-where".*id="problem-where" role="alert">there is no', page.html, re.DOTALL
    )
    assert "the file is damaged" in words(page)
    changed = bare.get(next_release.page, {"change": "db = mysql"}, removals=(Removal("db = mysql", "slow"),))
    assert 'name="was" value="db = mysql"' in changed.html
    assert 'name="why" value="slow"' in changed.html
    assert "/next?change=db+%3D+mysql#keep" in links(changed)


def test_nothing_is_kept_at_first(bare: Site) -> None:
    """The page says what it is for, and asks nothing."""
    bare.asked.clear()
    page = bare.get(next_release.page)
    assert finding(page).startswith("Nothing is kept yet")
    assert bare.asked == []
