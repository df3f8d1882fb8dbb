"""Which versions are run."""

from __future__ import annotations

from headcount.questions._columns import INSTALLATIONS, release
from headcount.questions._question import Breakdown, Column, Question


def _versions(product: str) -> Breakdown:
    columns = (Column("version", f"a release of {product}", release), INSTALLATIONS)
    return Breakdown("versions", columns, field=f"versions.{product}", fill={"column": product.lower()})


QUESTION = Question(
    "versions",
    "Versions",
    "The share of installations by version, of those that said which they run.",
    {product.lower(): _versions(product) for product in ("Buildbot", "Python", "Twisted", "SQLAlchemy")},
)
