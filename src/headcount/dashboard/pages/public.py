"""The public page: a publication, each of its tables as a chart and as figures."""

from __future__ import annotations

from headcount.dashboard._panel import Drawer, Panel, panel
from headcount.dashboard._site import Link, environment
from headcount.dashboard._view import View
from headcount.questions import REGISTRY, Answer, Publication, Query

_FORMATS = {"json": "JSON", "csv": "CSV", "parquet": "Parquet", "svg": "SVG", "png": "PNG"}
_WEEKS = 12  # weeks that the page links to


def page(publication: Publication | None, draw: Drawer, view: View) -> str:
    """Return the page of a publication as HTML; None: the page that says that nothing is published yet."""
    if publication is None:
        return environment().get_template("pages/unpublished.html").render(site=view.site)
    return (
        environment()
        .get_template("pages/public.html")
        .render(
            publication=publication,
            site=view.site,
            panels=[_panel(publication, draw, table) for table in publication.tables if _is_known(table)],
            weeks=[Link(week, f"/public?week={week}", week == publication.week) for week in view.weeks[:_WEEKS]],
        )
    )


def _panel(publication: Publication, draw: Drawer, table: Answer) -> Panel:
    return panel(
        lambda query: publication.table(query.question, query.by), draw, Query(table.question, by=table.by), table.by
    )


def _is_known(table: Answer) -> bool:
    """Return whether the registry still has the question; an old publication may hold others."""
    return table.question in REGISTRY and table.by in REGISTRY[table.question].by
