"""The page of versions."""

from __future__ import annotations

from collections.abc import Callable

from headcount.questions import Answer, Query
from tests.support.visits import Visitor


def test_it_says_who_is_past_the_end_of_support(visit: Visitor, asked: Callable[[Query], Answer]) -> None:
    """And what is next to go, by those that run it."""
    pythons = asked(Query("versions", by="python"))
    ended = [row for row in pythons.rows if "" < str(row["supported_until"]) < "2026-10-31"]
    part = 100 * sum(int(row["installations"] or 0) for row in ended) / (pythons.denominator or 0)
    finding = visit("/versions").finding
    assert f"{part:.0f}% are on a Python past the end of its support." in finding
    assert "The next to go is 3.10, which" in finding


def test_it_shows_series_and_leads_to_releases(visit: Visitor) -> None:
    """The links keep the filter, and a version in a table adds it to the condition."""
    page = visit("/versions?where=db+%3D+sqlite")
    assert page.links["/versions?grain=release&where=db+%3D+sqlite"] == ["By release"]
    assert "python = 3.12" in {link.replace("+", " ").replace("%3D", "=").rpartition(" and ")[2] for link in page.links}
    releases = visit("/versions?grain=release&where=db+%3D+sqlite")
    assert "By series" in releases.links["/versions?where=db+%3D+sqlite"]
    assert releases.fields["grain"] == "release"
    assert any("python.release" in link for link in releases.links)


def test_workers_are_told_by_few(visit: Visitor) -> None:
    """The panel says who tells their releases, and that they do not add up."""
    assert "Only full reports tell it." in visit("/versions").text
