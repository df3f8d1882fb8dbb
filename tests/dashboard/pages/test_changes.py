"""The page of changes."""

from __future__ import annotations

from collections.abc import Callable

from headcount.questions import Answer, Query
from tests.support.visits import Visitor

Asked = Callable[[Query], Answer]


def test_a_year_is_compared_of_the_same_masters(visit: Visitor, asked: Asked) -> None:
    """What gained and what lost, the clearest first, with who kept, started and stopped it."""
    answer = asked(Query("changes", by="year"))
    page = visit("/changes?with=1y")
    assert (
        f"Among the {answer.denominator} confirmed masters that were there a year before and have reported since"
        in page.finding
    )
    assert page.finding.endswith("lost.")
    for table in answer.tables.values():
        for row in table.rows:
            counts = f"{row['started']} {row['stopped']} {row['kept']} {row['installations']}"
            assert counts in page.text
    assert "In 28 days" in page.links["/changes"]


def test_two_groups_are_compared_by_a_condition(visit: Visitor, asked: Asked) -> None:
    """Without a condition of its own the page compares those who match with all others; few have no shares."""
    answer = asked(Query("changes", by="condition", where="plugin = CVS"))
    (row,) = answer.rows
    page = visit("/changes?with=plugin+%3D+CVS")
    assert page.finding.startswith(
        f"The {row['installations']} confirmed masters that match plugin = CVS and {row['others']} others differ most "
        "clearly in "
    )
    assert "%" not in page.finding
    assert "How do those with plugin = CVS differ?" in page.text
    groups = visit("/changes?where=db+%3D+sqlite&with=db+%3D+postgresql")
    (row,) = asked(Query("changes", by="condition", where="db = sqlite", with_="db = postgresql")).rows
    assert groups.finding.startswith(
        f"The {row['installations']} confirmed masters that match db = sqlite and the {row['others']} that match "
        "db = postgresql differ"
    )
    assert "How do those with db = sqlite differ from those with db = postgresql?" in groups.text


def test_what_is_so_by_definition_is_no_finding(visit: Visitor) -> None:
    """That all who have mysql have mysql, and that none of them has sqlite; of plugins it is the one that is named."""
    page = visit("/changes?with=db+%3D+sqlite").rendered.html.partition('id="changes-lapsed"')[0]
    assert "<small>distro</small>" in page
    assert "<small>db</small>" not in page
    git = visit("/changes?with=plugin+%3D+Git")
    assert "Git (" not in git.finding
    assert "GitHub (" in git.finding


def test_where_nothing_is_clear_it_says_so_once(visit: Visitor, asked: Asked) -> None:
    """With how many were tested, and no heading without a table below it."""
    answer = asked(Query("changes", by="condition", where="db = mysql"))
    page = visit("/changes?with=db+%3D+mysql")
    assert page.finding.startswith(f"Nothing else clear among {answer.tested} tested, between the ")
    differences = page.rendered.html.partition('id="changes-condition"')[2].partition("</section>")[0]
    assert differences.count("<caption>") == differences.count("<table>") == 0
    assert f"Nothing else clear among {answer.tested} tested." in differences
    assert differences.count(answer.caption().partition(".")[0]) == 1


def test_each_number_says_of_whom_it_is(visit: Visitor) -> None:
    """Of the confirmed, unless it is asked of others."""
    html = visit("/changes").rendered.html.partition("</dl>")[0]
    assert html.count("<small>confirmed</small>") == html.count("<dt>")
    assert " alive masters that were there" in visit("/changes?basis=alive").finding


def test_who_leaves_is_told_too(visit: Visitor) -> None:
    """Of what lapsed in a year."""
    assert "Who leaves?" in visit("/changes").text


def test_too_early_a_day_is_said(visit: Visitor) -> None:
    """The panel says since when reports are held; the page stands."""
    page = visit("/changes?until=2024-11-20")
    assert "reports are held since" in page.text
    assert not page.rendered.refused
