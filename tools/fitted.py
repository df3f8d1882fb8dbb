"""Makes the tables of the simulated fleet's archetypes in its page: ``python -m tools.fitted docs/fleet.md``."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random

from headcount.contract import Name, Profile, read_stock, vocabulary
from headcount.fleet.simulation.archetypes import ARCHETYPES
from headcount.fleet.simulation.body import build
from headcount.fleet.simulation.fitted import FITTED, Fitted, fitted_shop
from headcount.fleet.simulation.installation import draw_installation
from tests.support import corpus

_DAY = date(2026, 10, 31).toordinal()
_RELEASE = (4, 3, 0)
_BEGIN = "<!-- made from the archetypes and the corpus by `make docs` -->\n"
_END = "<!-- end -->\n"


@dataclass(frozen=True)
class Figures:
    """What is compared of two reports, of all that is not the janitor's.

    ``classes``: different ones; ``instances``: of all plugins; ``longest``: the steps of the longest builder, ``median`` of
    the median one; ``over_mixins``: steps of classes over a mixin; ``own``: of 100 instances, those of a subclass;
    ``deeper``: those of a subclass of a subclass.
    """

    builders: int
    workers: int
    classes: int
    instances: int
    steps: int
    median: int
    longest: int
    over_mixins: int
    own: float
    deeper: float


TITLES: Sequence[tuple[str, str]] = (
    ("builders", "builders"),
    ("workers", "workers"),
    ("classes", "classes"),
    ("instances", "instances"),
    ("steps", "steps"),
    ("median", "steps of the median builder"),
    ("longest", "of the longest"),
    ("over_mixins", "steps over a mixin"),
    ("own", "% subclassed"),
    ("deeper", "% deeper"),
)
"""Each figure, and what its column is called."""


def corpus_figures(project: str) -> Figures:
    """Return the figures of what stock says of a project's master."""
    return _figures(read_stock(corpus.body(project, "stock"), vocabulary()).profile)


def fitted_figures(archetype: Fitted) -> Figures:
    """Return the figures of what stock says of an archetype's installation of the size of its master."""
    return _figures(read_stock(stock_body(archetype), vocabulary()).profile)


def stock_body(archetype: Fitted) -> dict[str, object]:
    """Return what stock says, at `full`, of an installation of an archetype."""
    drawn = draw_installation(Random(1), _DAY, _DAY)
    assert drawn is not None
    one = replace(drawn, born=_DAY, level="full", shop=fitted_shop(archetype), drops_stock=())
    body, _ = build(one, _DAY, _RELEASE)
    return body


def _figures(profile: Profile) -> Figures:
    plugins, pipelines = profile.plugins or (), profile.pipelines or ()
    lengths = [len(steps) for steps, builders in pipelines for _ in range(builders)]
    instances = sum(count for _, count in plugins)

    def percent(*names: tuple[Name, int]) -> float:
        return round(100 * sum(count for _, count in names) / instances, 1)

    return Figures(
        builders=sum(count for _, count in pipelines),
        workers=sum(count for name, count in plugins if vocabulary().kind(name.base) == "worker"),
        classes=len(plugins),
        instances=instances,
        steps=sum(lengths),
        median=statistics.median_low(lengths),
        longest=max(lengths),
        over_mixins=sum(count for name, count in plugins if name.base.endswith("Mixin")),
        own=percent(*((name, count) for name, count in plugins if name.depth > 0)),
        deeper=percent(*((name, count) for name, count in plugins if name.depth > 1)),
    )


def tables() -> str:
    """Return the tables of the page, in Markdown."""
    return "\n".join([*_shares(), "", *_fits()]) + "\n"


def _shares() -> Iterator[str]:
    fitted = sum(archetype.share for archetype in FITTED.values()) / 10
    total = sum(archetype.share for archetype in ARCHETYPES.values())
    yield "| archetype | of 100 installations | median of builders | fitted to |"
    yield "|---|---|---|---|"
    for name, usual in ARCHETYPES.items():
        share = usual.share / total * (100 - fitted)
        yield f"| {name} | {share:.1f} | {usual.builders} | public configurations; the shares are guesses |"
    for name, archetype in FITTED.items():
        yield f"| {name} | {archetype.share / 10:.1f} | {archetype.builders} | {archetype.project} |"


def _fits() -> Iterator[str]:
    yield "| master | " + " | ".join(title for _, title in TITLES) + " |"
    yield "|---" * (len(TITLES) + 1) + "|"
    for archetype in FITTED.values():
        real, made = corpus_figures(archetype.project), fitted_figures(archetype)
        cells = (f"{getattr(real, name):,} / {getattr(made, name):,}" for name, _ in TITLES)
        yield f"| {archetype.project} | " + " | ".join(cells) + " |"


def page(text: str) -> str:
    """Return the page with its tables in place of those that it has."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{tables()}\n{_END}{after}"


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(page(file.read_text(encoding="utf-8")), encoding="utf-8")
