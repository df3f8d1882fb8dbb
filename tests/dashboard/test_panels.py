"""Panels and pages: what stands in them, and what they refuse."""

from __future__ import annotations

from datetime import date

import pytest

from headcount.dashboard import PAGES, NoSuchPage, View, chart
from headcount.dashboard._panel import panel
from headcount.questions import Answer, BadQuestion, Cell, Grain, Query

DAY = date(2026, 10, 31)
OVERVIEW, QUESTION = PAGES
ROWS: tuple[dict[str, Cell | None], ...] = (
    {"value": "sqlite", "installations": 3000, "share": 0.75},
    {"value": "mysql", "installations": 1000, "share": 0.25},
)


def _ask(query: Query) -> Answer:
    return Answer(query.question, query.by or "", "alive", DAY, DAY, 4000, None, ROWS)


def _published(query: Query) -> Answer:
    rows: tuple[dict[str, Cell | None], ...] = (*ROWS, {"value": "rare", "installations": None, "share": None})
    return Answer(query.question, query.by or "", "confirmed", DAY, DAY, 4000, None, rows, k=5)


def test_a_panel_has_the_figures_of_its_answer() -> None:
    """As many as there is room for, each share with its interval; the title is that of the public table."""
    shown = panel(_ask, chart, Query("environments", by="db"), limit=1)
    assert (shown.title, shown.id, shown.path) == (
        "Databases", "environments-db", "/questions/environments?by=db&basis=alive",
    )  # fmt: skip
    assert shown.columns == ["value", "installations", "share", "interval"]
    assert [[figure.text for figure in row] for row in shown.rows] == [
        ["sqlite", "3,000", "75.0%", "73.6%\N{EN DASH}76.3%"]
    ]
    assert [figure.is_number for figure in shown.rows[0]] == [False, True, True, True]


def test_a_panel_of_a_publication_has_no_interval() -> None:
    """And says what is too few to be told."""
    shown = panel(_published, chart, Query("environments", by="db"))
    assert [[figure.text for figure in row] for row in shown.rows][1:] == [
        ["mysql", "1,000", "25.0%"],
        ["rare", "fewer than 5", ""],
    ]


@pytest.mark.parametrize(
    ("by", "grain", "title"),
    [
        ("python", "series", "Series of Python"),
        ("python.release", "release", "Releases of Python"),
        ("python", None, "Versions"),  # was published before there were series, and is of releases
    ],
)
def test_a_panel_of_versions_tells_what_they_are(by: str, grain: Grain | None, title: str) -> None:
    """Series, or releases; a table that was published with releases is not called one of series."""

    def published(query: Query) -> Answer:
        rows: tuple[dict[str, Cell | None], ...] = ({"version": "3.9.2", "installations": 9, "share": 1.0},)
        return Answer(query.question, query.by or "", "confirmed", DAY, DAY, 9, None, rows, k=5, grain=grain)

    shown = panel(published, chart, Query("versions", by=by))
    assert (shown.title, shown.id) == (title, f"versions-{by.replace('.', '-')}")


def test_the_id_of_a_panel_is_one_word() -> None:
    """So that it can be linked to."""

    def nobody(query: Query) -> Answer:
        return Answer(query.question, query.by or "", "alive", DAY, DAY, 0, None, ())

    assert panel(nobody, chart, Query("environments", by="distro,db")).id == "environments-distro-db"
    assert panel(nobody, chart, Query("plugins", by="change source")).id == "plugins-change-source"


def test_what_no_page_can_show_is_refused() -> None:
    """A basis that there is not, and a question that there is not, each with those that there are."""
    with pytest.raises(BadQuestion, match=r"^There is no basis 'dead': it is one of alive, confirmed, seen\.$"):
        OVERVIEW.render(_ask, chart, View(parameters={"basis": "dead"}))
    with pytest.raises(NoSuchPage, match=r"^There is no question 'weather': it is one of installs, versions, "):
        QUESTION.render(_ask, chart, View("weather"))
