"""The archetypes that were fitted to public masters are like them, and the page of the fleet says how much."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from headcount.contract import read_stock, vocabulary
from headcount.fleet.simulation.classes import KINDS
from headcount.fleet.simulation.fitted import FITTED, draw_fitted, fitted_shop, uses
from tests.support import corpus
from tools.fitted import corpus_figures, fitted_figures, page, stock_body

ROOT = Path(__file__).parent.parent.parent.parent


@pytest.mark.parametrize("name", FITTED)
def test_an_archetype_is_like_the_master_that_it_was_fitted_to(name: str) -> None:
    """As many builders and workers, nearly as many steps and instances of nearly as many classes, subclassed as often."""
    archetype = FITTED[name]
    real, made = corpus_figures(archetype.project), fitted_figures(archetype)
    assert (made.builders, made.workers, made.over_mixins) == (real.builders, real.workers, real.over_mixins)
    for figure in ("instances", "steps", "classes"):
        assert getattr(made, figure) == pytest.approx(getattr(real, figure), rel=0.08), figure
    assert made.median == pytest.approx(real.median, rel=0.2)
    assert made.longest == pytest.approx(real.longest, rel=0.45)
    assert made.own == pytest.approx(real.own, abs=1.5)
    assert made.deeper == real.deeper


@pytest.mark.parametrize("name", FITTED)
def test_stock_says_of_it_what_it_says_of_a_janitor(name: str) -> None:
    """The builder, its steps, the worker and both schedulers, as in the corpus; reading takes them out again."""
    archetype = FITTED[name]
    steps = corpus.JANITOR_STEPS[archetype.project]
    assert len(archetype.janitors.split()) == steps
    body = stock_body(archetype)
    plugins = body["plugins"]
    assert isinstance(plugins, dict)
    janitors = {path: count for path, count in plugins.items() if "/janitor/" in path}
    assert sum(janitors.values()) == steps
    profile = read_stock(body, vocabulary()).profile
    assert profile.janitor is (True if steps else None)
    counted = Counter({entry.base: count for entry, count in profile.plugins or ()})
    for path in ("worker/local/LocalWorker", "schedulers/timed/Nightly", "schedulers/forcesched/ForceScheduler"):
        dotted = f"buildbot.{path.replace('/', '.')}"
        assert plugins.get(f"buildbot/{path}", 0) == counted[dotted] + (steps > 0), path


def test_an_archetype_is_drawn_as_often_as_its_share_says_and_in_several_sizes() -> None:
    """One in fifteen or so is of one of them."""
    drawn = [draw_fitted(Random(seed)) for seed in range(5_000)]
    shops = [shop for shop in drawn if shop is not None]
    expected = 5 * sum(archetype.share for archetype in FITTED.values())
    assert len(shops) == pytest.approx(expected, rel=0.2)
    for archetype in FITTED.values():
        own = sorted(shop.builders for shop in shops if shop.pipelines == fitted_shop(archetype).pipelines)
        assert own[0] < archetype.builders < own[-1]


def test_a_table_is_read_by_last_words() -> None:
    """Each stands for one class alone."""
    assert [(use.base.rpartition(".")[2], use.depth, count) for use, count in uses("Git Test>*3")] == [
        ("Git", 0, 1), ("Test", 1, 3),
    ]  # fmt: skip
    assert max(Counter(path.rpartition(".")[2] for path in KINDS).values()) == 1


def test_the_page_of_the_fleet_has_the_figures_of_now() -> None:
    """`make docs` makes its tables; what is committed is what it makes."""
    text = (ROOT / "docs" / "fleet.md").read_text(encoding="utf-8")
    assert page(text) == text
