"""The page of upgrades."""

from __future__ import annotations

import re
from collections.abc import Callable

from headcount.questions import Answer, Query
from tests.support.visits import Visitor

Asked = Callable[[Query], Answer]


def test_the_worst_cases_are_said_of_a_day_on_which_they_say_something(visit: Visitor, asked: Asked) -> None:
    """A year after the release, since by the last day anybody who is silent can have reached it."""
    answer = asked(Query("upgrades", by="4.3.0"))
    assert answer.rows[-1]["most"] == 1
    (then,) = (row for row in answer.rows if row["days"] == 360)
    whole = answer.denominator or 0
    finding = visit("/upgrades").finding
    least = 100 * int(then["installations"] or 0) / whole
    assert finding.startswith(
        f"360 days after 4.3.0 came out, at least {least:.0f}% of the {whole} that were alive then"
    )
    assert f"at most {100 * float(then['most'] or 0):.0f}%" in finding
    half = next(row for row in answer.tables["quartiles"].rows if row["portion"] == 0.5)
    assert f"Half of them needed {half['by_most']} days at best and {half['by_least']} at worst." in finding


def test_releases_are_chosen_in_the_filter(visit: Visitor) -> None:
    """Up to three, each with its bounds and its row; they stay in the addresses of the page."""
    page = visit("/upgrades?release=4.2.0&second=4.3.0&third=none")
    assert (page.fields["release"], page.fields["second"], page.fields["third"]) == ("4.2.0", "4.3.0", "")
    assert "Who has reached 4.2.0, which came out on 2024-12-14?" in page.text
    assert "Who has reached 4.3.0, which came out on 2025-05-12?" in page.text
    assert "after 4.2.0 came out" in page.finding
    kept = [link for link in page.links if link.startswith("/upgrades?")]
    assert kept
    assert all("release=4.2.0&second=4.3.0" in link for link in kept)


def test_what_is_no_release_is_said_at_its_field(visit: Visitor) -> None:
    """And is as if it were not given: the newest is shown, and no address has it."""
    page = visit("/upgrades?release=9.9.9&second=none")
    assert page.rendered.refused
    assert 'aria-describedby="problem-release"' in page.rendered.html
    assert "no release '9.9.9' is known to have come out" in page.text
    assert "after 4.3.0 came out" in page.finding
    assert not any("9.9.9" in link for link in page.links)
    assert not visit("/upgrades?release=4.3.0&second=none").rendered.refused


def test_who_went_back_did_so_from_any_release(visit: Visitor, asked: Asked) -> None:
    """The card stands beside those of the newest, and says that it is of all."""
    back = sum(int(row["installations"] or 0) for row in asked(Query("upgrades", by="downgrades")).rows)
    assert f"went back, from any release {back}" in visit("/upgrades").text


def test_of_few_there_are_counts_alone(visit: Visitor, asked: Asked) -> None:
    """No share of a series that few ever were on, and no days of a quarter of few."""
    where = "plugin = CVS and db != mysql"
    assert 0 < (asked(Query("upgrades", by="4.3.0", where=where)).denominator or 0) < 30
    page = visit(f"/upgrades?where={where.replace(' ', '+').replace('=', '%3D')}")
    assert "%" not in page.finding
    assert "Half of them" not in page.finding
    assert "half of them within" not in page.text
    assert "never" not in page.text
    figures = page.text.partition("Who stays behind?")[2].partition("Who went back")[0].partition("JSON")[0]
    assert re.search(r"\d%", figures) is None
    assert re.search(r"<td[^>]*>\d+ to ", page.rendered.html) is None


def test_a_release_before_all_reports_says_so(visit: Visitor) -> None:
    """Its panel, with the oldest that can be asked of; the rest of the page stands."""
    page = visit("/upgrades?release=0.9.0")
    assert "0.9.0 came out on 2016-10-06, and reports are held since" in page.text
    assert "Who stays behind?" in page.text


def test_who_stays_is_told_by_series(visit: Visitor, asked: Asked) -> None:
    """Those on an older series, and those that moved on from it, of which each is a link that adds a condition."""
    page = visit("/upgrades")
    moves = asked(Query("upgrades", by="transitions"))
    moved = sum(int(row["installations"] or 0) for row in moves.rows if row["from"] == "4.2")
    now = next(
        int(row["installations"] or 0)
        for row in asked(Query("versions", by="buildbot")).rows
        if row["version"] == "4.2"
    )
    assert f"4.2 {now} {moved} {100 * moved / (now + moved):.0f}%" in page.text
    assert any(link.endswith("buildbot+%3D+4.2") for link in page.links)
