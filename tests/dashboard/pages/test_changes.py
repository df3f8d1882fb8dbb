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
        f"Among the {answer.denominator} masters that were there a year before and have reported since" in page.finding
    )
    assert page.finding.endswith("lost.")
    for table in answer.tables.values():
        for row in table.rows:
            counts = f"{row['started']} {row['stopped']} {row['kept']} {row['installations']}"
            assert counts in page.text
    assert "In 28 days" in page.links["/changes"]


def test_two_groups_are_compared_by_a_condition(visit: Visitor, asked: Asked) -> None:
    """Without a condition of its own the page compares those who match with all others; few have no shares."""
    answer = asked(Query("changes", by="condition", where="db = mysql"))
    (row,) = answer.rows
    page = visit("/changes?with=db+%3D+mysql")
    assert page.finding.startswith(
        f"The {row['installations']} masters and {row['others']} others differ most clearly in "
    )
    assert "%" not in page.finding
    assert "How do those with db = mysql differ?" in page.text
    groups = visit("/changes?where=db+%3D+sqlite&with=db+%3D+postgresql")
    (row,) = asked(Query("changes", by="condition", where="db = sqlite", with_="db = postgresql")).rows
    assert f"The {row['installations']} masters and {row['others']} others" in groups.finding
    assert "How do those with db = sqlite differ from those with db = postgresql?" in groups.text


def test_what_is_so_by_definition_is_no_finding(visit: Visitor) -> None:
    """That all who have mysql have mysql."""
    assert "mysql (100" not in visit("/changes?with=db+%3D+mysql").finding


def test_who_leaves_is_told_too(visit: Visitor) -> None:
    """Of what lapsed in a year."""
    assert "Who leaves?" in visit("/changes").text


def test_too_early_a_day_is_said(visit: Visitor) -> None:
    """The panel says since when reports are held; the page stands."""
    page = visit("/changes?until=2024-11-20")
    assert "reports are held since" in page.text
    assert not page.rendered.refused
