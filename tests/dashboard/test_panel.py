"""Panels: what stands in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date

import pytest

from headcount.dashboard import picture
from headcount.dashboard._filter import Filter
from headcount.dashboard._panel import panel, tables
from headcount.questions import Answer, BadQuestion, Cell, Query
from tests.support.visits import blank

DAY = date(2026, 10, 31)
Asked = Callable[[Query], Answer]


def _published(query: Query) -> Answer:
    rows: tuple[dict[str, Cell | None], ...] = (
        {"value": "mysql", "installations": 1000, "share": 0.25},
        {"value": "rare", "installations": None, "share": None},
    )
    return Answer(query.question, query.by or "", "confirmed", DAY, DAY, 4000, None, rows, k=5)


def test_a_panel_has_the_figures_of_its_answer(asked: Asked) -> None:
    """As many as there is room for, each share with its interval, and ways to take them away."""
    query = Query("environments", by="db", where="python > 3.6")
    answer = asked(query)
    shown = panel(asked, blank, query, "With which database?", limit=2)
    (table,) = shown.tables
    assert (table.total, len(table.rows)) == (len(answer.rows), 2)
    assert table.columns == ["value", "installations", "share", "interval"]
    first, (low, high) = answer.rows[0], answer.intervals()[0]
    assert [figure.text for figure in table.rows[0]] == [
        first["value"], str(first["installations"]), f"{first['share']:.1%}", f"{low:.1%}\N{EN DASH}{high:.1%}",
    ]  # fmt: skip
    assert [figure.kind for figure in table.rows[0]] == ["", "number", "number", "number"]
    assert [link.text for link in shown.links] == ["CSV", "JSON", "Parquet", "SVG", "PNG"]
    assert all(link.path.startswith("/api/ask/environments?by=db&where=python+%3E+3.6&format=") for link in shown.links)
    assert (shown.id, shown.path) == ("environments-db", query.path())
    assert shown.command == "headcount ask environments --by db --where 'python > 3.6'"


def test_values_are_links_that_add_a_condition(asked: Asked) -> None:
    """To the filter of the page; a plugin leads to its page, and is called by its last component."""
    filter_ = Filter.from_text("/", {"where": "db = mysql"})
    (table, *_) = tables(asked(Query("versions", by="python")), 1, filter_)
    version = table.rows[0][0]
    assert version.path == filter_.adding(f"python = {version.text}")
    (table,) = tables(asked(Query("plugins", by="step")), None, filter_)
    git = next(row[0] for row in table.rows if row[0].text == "Git")
    assert (git.note, git.path) == ("buildbot.steps.source.git", "/plugins/Git?where=db+%3D+mysql")


def test_over_periods_the_newest_stands_first(asked: Asked) -> None:
    """A table has the first rows, and who looks for now wants those."""
    answer = asked(Query("versions", by="python", over="month"))
    (table, *_) = tables(answer, 3)
    assert {row[0].text for row in table.rows} == {answer.rows[-1]["period"]}


def test_of_few_there_are_counts_alone(asked: Asked) -> None:
    """No share, no interval, and no picture."""
    query = Query("environments", by="db", where="plugin = CVS and db != mysql")
    assert 0 < (asked(query).denominator or 0) < 30
    shown = panel(asked, blank, query, "Of few")
    assert shown.is_of_few
    assert shown.picture is None
    assert shown.tables[0].columns == ["value", "installations"]
    assert [link.text for link in shown.links] == ["CSV", "JSON", "Parquet"]


def test_a_panel_of_a_publication_has_no_interval() -> None:
    """And says what is too few to be told."""
    (table,) = panel(_published, blank, Query("environments", by="db"), "Databases").tables
    assert [[figure.text for figure in row] for row in table.rows] == [
        ["mysql", "1,000", "25.0%"],
        ["rare", "fewer than 5", ""],
    ]


def test_what_cannot_be_asked_is_said_in_the_panel(asked: Asked) -> None:
    """As a sentence; the other panels of the page stand."""
    shown = panel(asked, blank, Query("upgrades", by="0.9.0"), "Long ago")
    assert shown.problem.startswith("0.9.0 came out on ")
    assert shown.problem.endswith(".")
    assert shown.answer is None


@pytest.mark.parametrize(
    ("with_", "name", "said"),
    [
        ("28d", "share then", "Compared with 28 days before (up to 2026-10-03, "),
        ("python > 3.9", "share there", "Compared with those with python > 3.9 ("),
    ],
)
def test_what_is_compared_with_stands_in_the_table(asked: Asked, with_: str, name: str, said: str) -> None:
    """Beside each share that of the other answer and how far they are apart; the summary says of whom it is."""
    filter_ = Filter.from_text("/", {"with": with_})
    query = Query("environments", by="db")
    beside = filter_.beside(query, DAY)
    assert beside is not None
    shown = panel(asked, blank, query, "Databases", beside=beside, filter_=filter_)
    (table,) = shown.tables
    assert table.columns == ["value", "installations", "share", "interval", name, "points apart"]
    here, there = asked(query), asked(beside)
    others = {row["value"]: float(row["share"] or 0) for row in there.rows}
    for row, figures in zip(here.rows, table.rows, strict=True):
        other = others[row["value"]]
        apart = f"{(float(row['share'] or 0) - other) * 100:+.1f}".replace("-", "\N{MINUS SIGN}")
        assert [figure.text for figure in figures[-2:]] == [f"{other:.1%}", apart]
    assert shown.picture is not None
    assert f"{said}{there.denominator:,} masters)." in shown.picture.summary
    assert f"In the figures that is \N{LEFT DOUBLE QUOTATION MARK}{name}" in shown.picture.summary


def test_of_two_releases_curves_the_summary_says_which_is_which(asked: Asked) -> None:
    """It tells of both, one after the other."""
    filter_ = Filter.from_text("/upgrades", {"with": "28d"})
    query = Query("upgrades", by="4.2.0")
    shown = panel(asked, blank, query, "Who?", beside=filter_.beside(query, DAY), filter_=filter_)
    assert shown.picture is not None
    assert "First as it is asked, then 28 days before (up to 2026-10-03, " in shown.picture.summary


def test_where_nothing_stands_beside_an_answer_that_is_said(asked: Asked) -> None:
    """Neither in its chart nor in its tables."""
    filter_ = Filter.from_text("/", {"with": "28d"})
    query = Query("plugins", by="bands")
    beside = filter_.beside(query, DAY)
    shown = panel(asked, blank, query, "Bands", beside=beside, filter_=filter_, shown=lambda _: [])
    assert "Nothing is compared here." in shown.notes


def test_what_cannot_be_compared_leaves_the_answer(asked: Asked) -> None:
    """The panel says so, and shows what was asked."""
    before = Query("upgrades", by="4.3.0", until=date(2020, 1, 1))
    shown = panel(asked, blank, Query("upgrades", by="4.3.0"), "Upgrades", beside=before)
    assert shown.picture is not None
    assert any(note.startswith("Nothing is compared here") for note in shown.notes)


def test_the_chosen_part_is_drawn_and_the_whole_is_in_the_table(asked: Asked) -> None:
    """Of what is compared the same part."""

    def first(answer: Answer) -> Answer:
        return dataclasses.replace(answer, rows=answer.rows[:2])

    query = Query("plugins", by="step")
    shown = panel(asked, blank, query, "Steps", choose=first, beside=query, limit=None)
    assert shown.picture is not None
    assert shown.picture.summary == "points of 2 rows"
    assert len(shown.tables[0].rows) == len(asked(query).rows)


def test_a_picture_stands_inline_under_a_strict_policy(asked: Asked) -> None:
    """Two widths, with a name for who cannot see it, and neither a style nor a script."""
    drawn = panel(asked, picture, Query("environments", by="db"), "Databases").picture
    assert drawn is not None
    for svg in (drawn.wide, drawn.narrow):
        assert svg.startswith("<svg")
        assert "style=" not in svg
        assert "<script" not in svg


def test_a_drawing_that_is_refused_is_said_beside_the_figures(asked: Asked) -> None:
    """Which can be had all the same."""

    def refuse(answer: Answer, kind: object = None, beside: object = None) -> object:
        raise BadQuestion("a chart has few rows: take the figures")

    shown = panel(asked, refuse, Query("environments", by="db"), "Databases")  # type: ignore[arg-type]
    assert shown.notes == ["A chart has few rows: take the figures."]
    assert shown.problem == ""
    assert shown.picture is None
    assert shown.tables[0].rows


@pytest.mark.parametrize(
    ("query", "name"),
    [
        (Query("environments", by="distro,db"), "environments-distro-db"),
        (Query("plugins", by="change source"), "plugins-change-source"),
        (Query("versions", by="python", over="month"), "versions-python-month"),
    ],
)
def test_the_id_of_a_panel_is_one_word(asked: Asked, query: Query, name: str) -> None:
    """So that it can be linked to."""
    assert panel(asked, blank, query, "A title").id == name
