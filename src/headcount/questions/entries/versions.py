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


_WORKERS = Breakdown(
    Statement("versions.worker"),
    Scope(("workers",)),
    Shown(
        (
            Column("version", "a release of buildbot-worker", release),
            INSTALLATIONS,
            Column("workers_at_least", "how many workers run it at least: each installation says 1, 2-5, 6-20 or 21+"),
        )
    ),
)

QUESTION = Question(
    "versions",
    "Versions",
    "The share of installations by version, of those that said which they run. By `worker`: which have workers of a release "
    "of buildbot-worker, of those that their database saw in the last 30 days; an installation is in the row of each, so "
    "that shares do not add up.",
    {
        **{product.lower(): _versions(product) for product in ("Buildbot", "Python", "Twisted", "SQLAlchemy")},
        "worker": _WORKERS,
    },
)
