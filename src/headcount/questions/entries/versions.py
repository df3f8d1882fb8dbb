"""Which versions are run."""

from __future__ import annotations

from headcount.questions._columns import INSTALLATIONS, release
from headcount.questions._question import Breakdown, Column, Question, Scope, Shown, Statement


def _versions(product: str) -> Breakdown:
    return Breakdown(
        Statement("versions", fill={"column": product.lower()}),
        Scope((f"versions.{product}",)),
        Shown((Column("version", f"a release of {product}", release), INSTALLATIONS)),
    )


QUESTION = Question(
    "versions",
    "Versions",
    "The share of installations by version, of those that said which they run.",
    {product.lower(): _versions(product) for product in ("Buildbot", "Python", "Twisted", "SQLAlchemy")},
)
