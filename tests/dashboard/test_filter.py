"""The filter of a page: what an address says, and what it becomes."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest

from headcount.dashboard._filter import Filter
from headcount.questions import Query

DAY = date(2026, 10, 31)
FULL = {
    "basis": "confirmed", "where": "db = mysql and (plugin = CVS or python < 3.10)", "since": "2026-01-01",
    "until": "2026-10-31", "with": "28d",
}  # fmt: skip


def test_an_address_is_read_and_written_again() -> None:
    """The same address comes of it; empty parameters are as if they were not there."""
    read = Filter.from_text("/versions", {**FULL, "was": "", "plugin": " "})
    assert read.problems == {}
    assert dict(parse_qsl(urlsplit(read.address()).query)) == FULL
    assert read.canonical == read.address()
    assert Filter.from_text("/versions", {"where": " "}).address() == "/versions"


def test_chips_take_a_part_of_the_condition_away() -> None:
    """Each leads to the page without it, and what `or` joins is one part."""
    chips = Filter.from_text("/", FULL).chips
    assert [chip.text for chip in chips] == ["db = mysql", "plugin = CVS or python < 3.10"]
    left = [dict(parse_qsl(urlsplit(chip.path).query))["where"] for chip in chips]
    assert left == ["plugin = CVS or python < 3.10", "db = mysql"]
    (only,) = Filter.from_text("/", {"where": "db = mysql"}).chips
    assert only.path == "/"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"basis": "dead"}, ("basis", "it is one of alive, confirmed, seen")),
        ({"since": "May"}, ("since", "no day such as")),
        ({"where": "plugn = CVS"}, ("where", "plugin")),
        ({"with": "last year"}, ("with", "")),
    ],
)
def test_what_is_wrong_is_said_and_does_not_apply(typed: dict[str, str], problem: tuple[str, str]) -> None:
    """By its parameter; what was typed stays, and there is no address to send on."""
    read = Filter.from_text("/", typed)
    (name,) = typed
    assert list(read.problems) == [problem[0]]
    assert problem[1] in read.problems[name]
    assert read.typed[name] == typed[name]
    assert read.canonical is None
    assert read.address() == "/"


@pytest.mark.parametrize(
    ("typed", "name", "problem"),
    [
        ({"until": "2099-01-01"}, "until", "2099-01-01 is after today, 2026-10-31 (UTC)"),
        ({"since": "2026-11-01"}, "since", "2026-11-01 is after today, 2026-10-31 (UTC)"),
        ({"until": "0001-01-01", "with": "1y"}, "until", "0001-01-01 is before 2000-01-01"),
        ({"since": "2026-09-01", "until": "2026-01-01"}, "since", "2026-09-01 is after 2026-01-01, the last day"),
    ],
)
def test_a_day_that_cannot_be_asked_about_is_said(typed: dict[str, str], name: str, problem: str) -> None:
    """At its field; the other day applies."""
    read = Filter.from_text("/versions", typed, today=DAY)
    assert list(read.problems) == [name]
    assert read.problems[name].startswith(problem)
    assert read.typed == typed
    applying = read.since if name == "since" else read.until
    assert applying is None
    assert name == "until" or read.until == (date(2026, 1, 1) if "until" in typed else None)
    assert Filter.from_text("/", {"since": "2026-10-31", "until": "2026-10-31"}, today=DAY).problems == {}


def test_a_wrong_condition_leaves_that_of_before() -> None:
    """If that is one; a wrong one of before is none."""
    assert Filter.from_text("/", {"where": "plugn = CVS", "was": "db = mysql"}).where == "db = mysql"
    assert Filter.from_text("/", {"where": "plugn = CVS", "was": "plugn = CVS"}).where is None
    assert Filter.from_text("/", {"was": "db = mysql"}).where is None


def test_a_plugin_is_added_to_the_condition() -> None:
    """With `and`, so that what `or` joins stays together; a wrong one is said under the condition."""
    read = Filter.from_text("/", {"where": "db = mysql or db = sqlite", "plugin": "CVS"})
    assert read.where == "(db = mysql or db = sqlite) and plugin = CVS"
    assert Filter.from_text("/", {"plugin": "CVS"}).where == "plugin = CVS"
    assert list(Filter.from_text("/", {"plugin": "Gitt"}).problems) == ["where"]


def test_a_condition_is_added_once() -> None:
    """To this page, or to another, which has none of the parameters of this page alone."""
    read = Filter.from_text("/plugins", {"where": "db = mysql"}, also={"sort": "share"})
    assert read.adding("db = mysql") == "/plugins?sort=share&where=db+%3D+mysql"
    assert read.adding("python = 3.9", "/") == "/?where=db+%3D+mysql+and+python+%3D+3.9"


def test_a_question_is_asked_as_the_filter_says_as_far_as_it_can_be() -> None:
    """Of its usual basis where it is not asked of the filter's, and without a first day where it has no window."""
    read = Filter.from_text("/", {**FULL, "basis": "seen"})
    assert read.query("changes", "month") == Query("changes", by="month", where=FULL["where"], until=DAY)
    over = read.query("versions", "python", over="month")
    assert (over.basis, over.since, over.over) == ("seen", date(2026, 1, 1), "month")


@pytest.mark.parametrize(
    ("with_", "beside"),
    [
        ("28d", Query("versions", until=date(2026, 10, 3))),
        ("1y", Query("versions", until=date(2025, 10, 31))),
        ("db = mysql", Query("versions", where="db = mysql")),
    ],
)
def test_what_is_compared_with_is_a_window_before_or_another_condition(with_: str, beside: Query) -> None:
    """Before the end of the window, which is today unless given."""
    read = Filter.from_text("/", {"with": with_})
    assert read.beside(read.query("versions"), DAY) == beside
    assert read.beside_in_words
    assert Filter.from_text("/", {}).beside(Query("versions"), DAY) is None
