"""What is held is of the kinds that the vocabulary says which the warehouse was opened with."""

from __future__ import annotations

import dataclasses
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from headcount.contract import Arrival, Name, Profile, Release, Vocabulary, read_stock, vocabulary
from headcount.questions import Query, ask
from headcount.warehouse import WWW
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support import corpus

TODAY = date(2026, 11, 29)
NOON = int(datetime(2026, 11, 29, 12, tzinfo=UTC).timestamp())
GIT, SHELL_MIXIN = "buildbot.steps.source.git.Git", "buildbot.process.buildstep.ShellMixin"
MASTERS = ("nextgis", "openwrt1", "zorg-43", "scummvm")
"""Three masters of the corpus that have steps over `ShellMixin`, and one that has none."""

LAST = [(65_534, "custom", "configurator"), (65_535, "custom", "factory")]
KNOWN = vocabulary()


def of_kind(kind: str, *names: str) -> Vocabulary:
    """Return the vocabulary, but that these classes are of another kind."""
    return dataclasses.replace(KNOWN, version="2026.1.1", kinds={**KNOWN.kinds, **dict.fromkeys(names, kind)})


def ask_of(warehouse: DuckWarehouse, question: str, by: str) -> list[Any]:
    """Return the rows of an answer of today."""
    return list(ask(warehouse, Query(question, by=by), today=TODAY).rows)


def test_steps_over_a_mixin_that_are_held_already_are_counted(tmp_path: Path) -> None:
    """By the same file, as soon as it is opened with a vocabulary that knows of which kind the mixin is."""
    path = tmp_path / "warehouse.duckdb"
    older = of_kind("other", SHELL_MIXIN)
    contents = [read_stock(corpus.body(project, "stock"), older).profile.canonical() for project in MASTERS]
    steps = sum(corpus.STEPS[project] - corpus.JANITOR_STEPS[project] for project in MASTERS)
    over = sum(corpus.OVER_MIXINS[project] for project in MASTERS)
    with closing(DuckWarehouse(path, known=older, threads=1)) as warehouse:
        arrivals = [Arrival(NOON, number, number, content) for number, content in enumerate(contents, 1)]
        warehouse.load(arrivals, inbox="a", through=1)
        assert sum(row["instances"] for row in ask_of(warehouse, "sizes", "steps")) == steps - over
        assert {row["plugin"] for row in ask_of(warehouse, "plugins", "other")} == {SHELL_MIXIN}
    with closing(DuckWarehouse(path, threads=1)) as warehouse:
        assert sum(row["instances"] for row in ask_of(warehouse, "sizes", "steps")) == steps
        assert ask_of(warehouse, "plugins", "other") == []
        with warehouse.snapshot() as snapshot:
            assert snapshot.query("SELECT kind FROM classes WHERE name = $name", {"name": SHELL_MIXIN}) == [("step",)]
        (used,) = [row for row in ask_of(warehouse, "plugins", "step") if row["plugin"] == SHELL_MIXIN]
        assert (used["installations"], used["instances"], used["customized"]) == (3, over, 3)
        (based,) = [row for row in ask_of(warehouse, "customization", "base") if row["plugin"] == SHELL_MIXIN]
        assert (based["kind"], based["instances"]) == ("step", over)
        dropped = ask(warehouse, Query("drop", where="plugin = ShellMixin", basis="alive"), today=TODAY)
        assert dropped.rows[0]["installations"] == 3


@pytest.mark.ci
def test_a_class_has_one_row_whichever_vocabulary_came_last(tmp_path: Path) -> None:
    """It keeps its number, and what is loaded afterwards has the same; of older kinds again where an older one opens it."""
    path = tmp_path / "warehouse.duckdb"
    content = Profile("stock", "basic", buildbot=Release(4, 3, 0), plugins=((Name(GIT), 1),)).canonical()
    for opened, (known, kind) in enumerate(
        ((of_kind("other", GIT), "other"), (KNOWN, "step"), (of_kind("other", GIT), "other"))
    ):
        with closing(DuckWarehouse(path, known=known)) as warehouse:
            for again in range(2):
                with warehouse.snapshot() as snapshot:
                    held = snapshot.query("SELECT * FROM classes ORDER BY class", {})
                expected = [(3, GIT, kind)] if opened or again else []
                assert held == [(1, "custom", "other"), (2, "custom", WWW), *expected, *LAST]
                key = opened * 2 + again + 1
                warehouse.load([Arrival(NOON, key, key, content)], inbox="a", through=key)
            with warehouse.snapshot() as snapshot:
                assert snapshot.query("SELECT DISTINCT classes FROM profiles", {}) == [([3],)]
