"""The first page: the main answers, each as a chart with its caption and its table."""

from __future__ import annotations

from headcount.dashboard._panel import Asker, Drawer, panel
from headcount.dashboard._site import Link, environment, navigation
from headcount.dashboard._view import Rendered, View
from headcount.questions import BASES, REGISTRY, BadQuestion, Basis, Query

_TABLE_ROWS = 50
_PANELS = (
    ("installs", "month"),
    ("versions", "buildbot"),
    ("versions", "python"),
    ("versions", "twisted"),
    ("plugins", "all"),
    ("plugins", "www"),
)


def page(ask: Asker, draw: Drawer, view: View) -> Rendered:
    """Return the page over the installations of the basis in the parameters.

    Raises `BadQuestion` for an unknown basis.
    """
    basis = _basis(view.parameters["basis"])
    html = (
        environment()
        .get_template("pages/overview.html")
        .render(
            panels=[panel(ask, draw, _query(question, by, basis), limit=_TABLE_ROWS) for question, by in _PANELS],
            states=ask(Query("installs", by="state")),
            basis=basis,
            bases=[Link(name, f"/?basis={name}", name == basis) for name in BASES],
            meaning=BASES[basis],
            navigation=navigation(),
            site=view.site,
        )
    )
    return Rendered(html)


def _basis(text: str) -> Basis:
    for basis in BASES:
        if text == basis:
            return basis
    raise BadQuestion(f"There is no basis {text!r}: it is one of {', '.join(BASES)}.")


def _query(question: str, by: str, basis: Basis) -> Query:
    """Return the query of a panel, of its own usual basis where it cannot be asked of the page's."""
    return Query(question, by=by, basis=basis if basis in REGISTRY[question].by[by].scope.bases else None)
