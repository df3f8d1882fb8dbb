"""Which versions are run."""

from __future__ import annotations

from collections import Counter
from functools import partial

from headcount.contract import supported
from headcount.questions._columns import INSTALLATIONS, release
from headcount.questions._over import by_value, newest_first
from headcount.questions._question import (
    Breakdown,
    Column,
    Grain,
    Question,
    Results,
    Row,
    Scope,
    Shown,
    Statement,
    Totals,
    share,
)
from headcount.questions._series import series, width

_RUNNING = (
    Column("running", "how many installations run this version or a newer one"),
    Column("running_share", "these as a part of the denominator", is_share=True),
)


def _in_order(versions: list[tuple[Row, int]], totals: Totals) -> list[Row]:
    """Return the rows of versions, newest first, each with its installations and the running total."""
    rows: list[Row] = []
    running = 0
    for names, count in versions:
        running += count
        rows.append(
            {
                **names,
                "installations": count,
                "share": share(count, totals.denominator),
                "running": running,
                "running_share": share(running, totals.denominator),
            }
        )
    return rows


def _by_series(results: Results, totals: Totals, *, product: str) -> list[Row]:
    counts: Counter[str] = Counter()  # keeps the order of the statement, newest first
    for number, count in results:
        counts[series(product, number)] += count
    until = supported()
    return _in_order(
        [
            ({"version": name, "supported_until": until.get((product, name), "")}, count)
            for name, count in counts.items()
        ],
        totals,
    )


def _at_ends(product: str, number: float) -> str:
    """Return the series of a number that the statement divided."""
    return series(product, int(number) * width(product))


def _by_release(results: Results, totals: Totals) -> list[Row]:
    return _in_order([({"version": release(number)}, count) for number, count in results], totals)


def _versions(product: str) -> dict[str, Breakdown]:
    by = product.lower()
    statement, scope = Statement("versions", fill={"column": by}), Scope((f"versions.{product}",))
    of_series = (
        Column("version", f"a series of {product}, such as {_EXAMPLES[by]}"),
        Column(
            "supported_until",
            "the last day on which its makers support it, of the month where they name no day; empty where none is public",
        ),
        INSTALLATIONS,
        *_RUNNING,
    )
    of_releases = (Column("version", f"a release of {product}", release), INSTALLATIONS, *_RUNNING)
    return {
        by: Breakdown(
            statement,
            scope,
            Shown(of_series, partial(_by_series, product=by), "versions", "series"),
            over=by_value(
                Column("version", f"a series of {product}, such as {_EXAMPLES[by]}", partial(_at_ends, by)),
                f"floor({by} / {width(by)})",
                scope,
                newest_first,
                grain="series",
            ),
        ),
        f"{by}.release": Breakdown(statement, scope, Shown(of_releases, _by_release, "versions", "release")),
    }


def _worker(meaning: str, grain: Grain, spans: int) -> Breakdown:
    columns = (
        Column("version", meaning, release if grain == "release" else partial(series, "worker")),
        INSTALLATIONS,
        Column("workers_at_least", "how many workers run it at least: each installation says 1, 2-5, 6-20 or 21+"),
    )
    return Breakdown(
        Statement("versions.worker", parameters={"width": spans}),
        Scope(("workers",)),
        Shown(columns, chart="versions", grain=grain),
    )


_EXAMPLES = {"buildbot": "4.3", "python": "3.9", "twisted": "24", "sqlalchemy": "2.0"}

QUESTION = Question(
    "versions",
    "Versions",
    "The share of installations by series, in the order of versions, newest first, of those that said which they run; with "
    "when its support ends, where that is public, and how many run it or a newer one. By `python.release` and so on: by "
    "release. By `worker`: which have workers of a series of buildbot-worker, of those that their database saw in the last "
    "30 days; an installation is in the row of each, so that shares do not add up. "
    "No worker tells its Python, so that no report can say which Pythons workers need.",
    {
        **{
            by: breakdown
            for product in ("Buildbot", "Python", "Twisted", "SQLAlchemy")
            for by, breakdown in _versions(product).items()
        },
        "worker": _worker("a series of buildbot-worker, such as 4.3", "series", width("worker")),
        "worker.release": _worker("a release of buildbot-worker", "release", 1),
    },
)
