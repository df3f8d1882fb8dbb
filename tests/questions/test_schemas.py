"""Reports of reporters of every schema, and what older wheels took in of them, are loaded and counted together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from headcount.contract import CATALOG, Arrival, Name, Profile, read_report, read_stock, vocabulary
from headcount.questions import Query, ask
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support import corpus
from tests.support.loaded import empty_warehouse
from tests.support.reports import ENVELOPE, REPORT

TODAY = date(2026, 11, 29)
NOON = int(datetime(2026, 11, 29, 12, tzinfo=UTC).timestamp())
NEW = [field.path for field in CATALOG if field.since == 2]
OLD_BODY = {key: value for key, value in REPORT.items() if key not in NEW} | {"headcount": {**ENVELOPE, "schema": 1}}
LOG_CHUNKS = Name("buildbot.configurators.janitor.LogChunksJanitor")
GIT, BUILDER = Name("buildbot.steps.source.git.Git"), Name("buildbot.config.builder.BuilderConfig")


@pytest.fixture(scope="module")
def warehouse() -> Iterator[DuckWarehouse]:
    """A report of schema 2, the same of schema 1, one of schema 1 of a public master, and one of stock."""
    known = vocabulary()
    profiles = [
        read_report(REPORT, known).profile,
        read_report(OLD_BODY, known).profile,
        read_report(corpus.body("openwrt1", "ours"), known).profile,
        read_stock(corpus.body("scummvm", "stock"), known).profile,
    ]
    with empty_warehouse() as made:
        arrivals = [Arrival(NOON, key, key, profile.canonical()) for key, profile in enumerate(profiles, 1)]
        made.load(arrivals, inbox="a", through=1)
        yield made


def _ask(warehouse: DuckWarehouse, question: str, by: str, where: str | None = None) -> Any:
    return ask(warehouse, Query(question, by=by, where=where), today=TODAY)


def test_who_was_not_asked_is_in_no_denominator(warehouse: DuckWarehouse) -> None:
    """Of what a schema added; of all the rest everybody is."""
    answered = {row["value"]: row["installations"] for row in _ask(warehouse, "coverage", "field").rows}
    assert {path: answered[path] for path in NEW} == dict.fromkeys(NEW, 1)
    assert answered["plugins"] == 4
    for question, by in (
        ("environments", "build"), ("environments", "hook"), ("versions", "worker"), ("plugins", "factory"),
        ("customization", "variety"),
    ):  # fmt: skip
        assert _ask(warehouse, question, by).denominator == 1, by
    assert _ask(warehouse, "plugins", "all").denominator == 4
    local = Query("drop", by="silent", basis="alive", where="build = local")
    assert ask(warehouse, local, today=TODAY).denominator == 1


def test_what_all_say_is_counted_of_all(warehouse: DuckWarehouse) -> None:
    """And a condition on what a schema added leaves those that answered it."""
    counts = [
        row["installations"]
        for where in (None, "build = release")
        for row in _ask(warehouse, "plugins", "all", where).rows
        if row["plugin"] == GIT.base
    ]
    assert counts == [4, 1]


def test_what_waits_in_an_inbox_of_the_wheel_before_loses_its_janitor_too() -> None:
    """It was taken in with it, and is loaded after the migration."""
    taken_in = Profile(
        "stock", "full", plugins=tuple(sorted([(LOG_CHUNKS, 1), (GIT, 2), (BUILDER, 3)])),
        pipelines=(((LOG_CHUNKS,), 1), ((GIT,), 2)),
    ).canonical()  # fmt: skip
    assert b'janitor":true' not in taken_in
    with empty_warehouse() as warehouse:
        warehouse.load([Arrival(NOON, 1, 1, taken_in)], inbox="a", through=1)
        rows = _ask(warehouse, "plugins", "all").rows
        assert {row["plugin"]: row["instances"] for row in rows} == {GIT.base: 2, BUILDER.base: 2}
        assert [row["steps"] for row in _ask(warehouse, "pipelines", "sequence").rows] == [GIT.base]
        assert _ask(warehouse, "coverage", "janitor").rows[0]["value"] == "subtracted"


def test_a_master_with_a_janitor_that_moves_to_our_reporter_is_one_installation() -> None:
    """What stock counts of it, and what our reporter alone counts, is compared with nothing."""
    beside = [Name(f"buildbot.{path}") for path in ("schedulers.timed.Nightly", "schedulers.forcesched.ForceScheduler")]
    plugins = [(LOG_CHUNKS, 1), (GIT, 2), (BUILDER, 3), (Name("buildbot.worker.local.LocalWorker"), 1)]
    stock = Profile("stock", "basic", plugins=tuple(sorted([*plugins, *((name, 1) for name in beside)])))
    ours = Profile(
        "headcount", "full", vocabulary().version, plugins=((BUILDER, 2), (GIT, 2)),
        configurators=((Name("buildbot.configurators.janitor.JanitorConfigurator"), 1),),
        factories=((Name("custom"), 1), (Name("buildbot.process.factory.BuildFactory", 1), 1)),
    )  # fmt: skip
    with empty_warehouse() as warehouse:
        arrivals = [Arrival(NOON - 86_400, 1, 1, stock.canonical()), Arrival(NOON, 2, 2, ours.canonical(), stock=1)]
        warehouse.load(arrivals, inbox="a", through=1)
        assert _ask(warehouse, "installs", "state").denominator == 1
