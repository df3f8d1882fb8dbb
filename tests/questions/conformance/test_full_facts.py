"""What full reports say since schema 2, of a few masters by hand, on every engine; and of whom each share is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

import pytest

from headcount.contract import Arrival, Name, Profile, Release
from headcount.questions import Query, ask
from headcount.warehouse import Asking
from tests.support.engines import Engine

TODAY = date(2026, 10, 31)
SHELL, GIT = "buildbot.steps.shell.ShellCommand", "buildbot.steps.source.git.Git"
FACTORY, DISTUTILS = "buildbot.process.factory.BuildFactory", "buildbot.process.factory.Distutils"
JANITOR = "buildbot.configurators.janitor.JanitorConfigurator"
OURS: dict[str, Any] = {
    "sender": "headcount",
    "level": "full",
    "vocabulary": "2026.11.24",
    "buildbot": Release(4, 3, 0),
}
OLD, NEW, NEWER = Release(0, 8, 14), Release(4, 3, 0), Release(4, 3, 1)
PROFILES = [
    Profile(
        **OURS, db="postgresql", driver="psycopg2", server="15", build="release", workers=((OLD, 1), (NEW, 2), (NEWER, 1)),
        hooks=(("base", 1), ("custom", 2), ("github", 1)), protocols=(("pb", 1),), plugins=((Name(GIT), 1),),
        configurators=((Name(JANITOR), 1),),
        factories=((Name(FACTORY), 4), (Name(FACTORY, 1), 1), (Name("custom"), 2)),
        variety=((Name(SHELL), 2), (Name("custom"), 1)),
    ),
    Profile(
        **OURS, db="mysql", driver="mysqldb", server="8.0", build="local", workers=((NEW, 21),), hooks=(),
        protocols=(("msgpack", 1), ("pb", 1)), plugins=((Name(SHELL, 1), 3),), configurators=(),
        factories=((Name(DISTUTILS), 1),), variety=((Name(SHELL), 1),),
    ),
    Profile(
        **{**OURS, "level": "custom"}, db="postgresql", driver="psycopg2", server="9.6", build="local", workers=(),
        protocols=(("null", 1),), factories=((Name(FACTORY, 1), 3),), configurators=((Name("custom", 2), 1),),
        variety=(),
    ),
    # A master that is newer than the vocabulary.
    Profile(
        **{**OURS, "buildbot": Release(4, 9, 0)}, server="10.11", workers=((Release(4, 9, 0), 6),), build="release",
        hooks=(("custom", 1),), variety=((Name(SHELL), 21),),
    ),
    # Of stock, and of our reporter before there was any of it.
    Profile("stock", "basic", buildbot=Release(4, 3, 0), plugins=((Name(GIT), 2),), db="sqlite", janitor=True),
    Profile(**{**OURS, "vocabulary": "2026.11.1"}, plugins=((Name(GIT), 1), (Name("custom"), 1)), db="sqlite"),
]  # fmt: skip
"""What each of the installations from 1 on says."""


@pytest.fixture(scope="module", params=["duckdb", "recent", pytest.param("cluster", marks=pytest.mark.ci)])
def warehouse(request: pytest.FixtureRequest, engines: Callable[[str], Engine]) -> Iterator[Asking]:
    """Those installations, each seen on two days, on every engine."""
    noon = int(datetime(2026, 10, 1, 12, tzinfo=UTC).timestamp())
    arrivals = [
        Arrival(noon + day * 86_400, number, number, profile.canonical())
        for number, profile in enumerate(PROFILES, 1)
        for day in (0, 1)
    ]
    with closing(engines(request.param)()) as loaded:
        loaded.load(arrivals, inbox="a", through=1)
        yield loaded


def _asked(warehouse: Asking, question: str, by: str, *columns: str, where: str | None = None) -> tuple[int, list[Any]]:
    answer = ask(warehouse, Query(question, by=by, where=where), today=TODAY)
    assert answer.denominator is not None
    assert all(row["share"] == round(int(row["installations"] or 0) / answer.denominator, 4) for row in answer.rows)
    return answer.denominator, [tuple(row[name] for name in columns) for row in answer.rows]


@pytest.mark.parametrize(
    ("by", "denominator", "rows"),
    [
        ("build", 4, [("local", 2), ("release", 2)]),
        ("driver", 3, [("psycopg2", 2), ("mysqldb", 1)]),
        ("server", 4, [("10.11", 1), ("15", 1), ("8.0", 1), ("9.6", 1)]),
        ("protocol", 3, [("pb", 2), ("msgpack", 1), ("null", 1)]),
        ("hook", 3, [("custom", 2), ("base", 1), ("github", 1)]),  # whoever has none answered too
    ],
)
def test_environments(warehouse: Asking, by: str, denominator: int, rows: list[tuple[str, int]]) -> None:
    """Of those that answered the field; who has several values is in several rows, once in each."""
    assert _asked(warehouse, "environments", by, "value", "installations") == (denominator, rows)


def test_environments_are_crossed(warehouse: Asking) -> None:
    """What the server's version means is told by the database."""
    found = _asked(warehouse, "environments", "server,db", "value", "with", "installations")
    assert found == (3, [("mysql", "8.0", 1), ("postgresql", "15", 1), ("postgresql", "9.6", 1)])


def test_workers(warehouse: Asking) -> None:
    """By release, with how many there are at least: bands have no other sum. Who has none answered too."""
    found = _asked(warehouse, "versions", "worker.release", "version", "installations", "workers_at_least")
    assert found == (4, [("4.9.0", 1, 6), ("4.3.1", 1, 1), ("4.3.0", 2, 23), ("0.8.14", 1, 1)])
    found = _asked(warehouse, "versions", "worker", "version", "installations", "workers_at_least")
    assert found == (4, [("4.9", 1, 6), ("4.3", 2, 24), ("0.8", 1, 1)])  # both releases of 4.3 are in one master


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        ("configurator", [(JANITOR, 1, 1, 0), ("custom", 1, 1, 1)]),
        ("factory", [(FACTORY, 2, 8, 2), (DISTUTILS, 1, 1, 0), ("custom", 1, 2, 1)]),
    ],
)
def test_configurators_and_factories(warehouse: Asking, by: str, rows: list[tuple[Any, ...]]) -> None:
    """With their own classes, and those of the administrator that have no public base."""
    denominator, found = _asked(
        warehouse, "plugins", by, "kind", "plugin", "installations", "instances", "customized"
    )  # fmt: skip
    assert (denominator, found) == (3, [(by, *row) for row in rows])


def test_they_count_nowhere_else(warehouse: Asking) -> None:
    """No other answer of plugins is another one by them."""
    assert _asked(warehouse, "plugins", "all", "plugin", "installations", "instances") == (
        4, [(GIT, 3, 4), (SHELL, 1, 3), ("custom", 1, 1)]
    )  # fmt: skip
    assert _asked(warehouse, "plugins", "bands", "plugin", "band")[1] == [
        (SHELL, "2-5"), (GIT, "1"), (GIT, "2-5"), ("custom", "1")
    ]  # fmt: skip
    assert _asked(warehouse, "plugins", "www", "plugin") == (0, [])
    pairs = ask(warehouse, Query("combinations", by="pair", support=1), today=TODAY)
    assert [(row["plugin"], row["with"], row["installations"]) for row in pairs.rows] == [("custom", GIT, 1)]
    companions = _asked(warehouse, "combinations", "companions", "plugin", where="db = postgresql")
    assert companions == (1, [(GIT,)])
    assert _asked(warehouse, "customization", "base", "plugin", "installations", "instances")[1] == [
        (SHELL, 1, 3), ("custom", 1, 1)
    ]  # fmt: skip
    assert _asked(warehouse, "customization", "depth", "depth", "installations")[1] == [(0, 3), (1, 1)]
    assert _asked(warehouse, "customization", "portion", "band", "installations")[1] == [
        ("none", 2), ("up to 10%", 0), ("up to 25%", 0), ("up to 50%", 1), ("up to 75%", 0), ("up to 100%", 1)
    ]  # fmt: skip


def test_variety(warehouse: Asking) -> None:
    """A row for each base, of masters that are not newer than the names that are known."""
    columns = ("plugin", "installations", "1", "2-5", "6-20", "21+")
    assert _asked(warehouse, "customization", "variety", *columns) == (
        3, [(SHELL, 2, 1, 1, 0, 0), ("custom", 1, 1, 0, 0, 0)]
    )  # fmt: skip


def test_janitors_that_were_subtracted(warehouse: Asking) -> None:
    """Of all installations, though no other reporter's are told."""
    assert _asked(warehouse, "coverage", "janitor", "value", "installations") == (6, [("(none)", 5), ("subtracted", 1)])


@pytest.mark.parametrize(
    ("where", "using", "answered"),
    [
        ("build = local", 2, 4),
        ("build != local", 2, 4),
        ("driver = psycopg2", 2, 3),
        ("server < 13", 3, 4),  # as versions, whatever the server
        ("server < 9", 1, 4),
        ("server <= 9", 2, 4),
        ("server = 9", 1, 4),
        ("server = 9.6", 1, 4),
        ("server = 10", 1, 4),
        ("server != 10.11", 3, 4),
        ("server > 10", 1, 4),
        ("db = postgresql and server < 13", 1, 3),
        ("protocol = msgpack", 1, 3),
        ("protocol != msgpack", 2, 3),
        ("protocol in (msgpack, null)", 2, 3),
        ("hook = github", 1, 3),
        ("hook = custom", 2, 3),
        ("hook != custom", 1, 3),
        ("worker < 1.0", 1, 4),
        ("worker >= 4.3", 3, 4),
        ("worker = 4.3", 2, 4),
        ("worker != 4.3", 2, 4),  # none is; whoever has none at all too
        ("not worker < 1", 3, 4),
        ("worker < 1 and worker >= 4", 1, 4),  # one of each
        ("worker < 1 or protocol = msgpack", 2, 3),
        ("plugin = Distutils", 1, 3),
        ("plugin = BuildFactory", 2, 3),
        ("plugin != BuildFactory", 1, 3),
        ("plugin = JanitorConfigurator", 1, 3),
        ("plugin = Git or plugin = Distutils", 2, 2),
        ("plugin = custom", 1, 4),  # of plugins, and not of factories
    ],
)
def test_conditions(warehouse: Asking, where: str, using: int, answered: int) -> None:
    """Of those that answered all that is named: how many of how many."""
    answer = ask(warehouse, Query("drop", by="silent", where=where), today=TODAY)
    assert (answer.rows[0]["installations"], answer.denominator) == (using, answered)


@pytest.mark.parametrize("where", ["worker < 1.0", "server < 13", "protocol = msgpack", "plugin = Distutils"])
def test_conditions_filter_every_other_answer(warehouse: Asking, where: str) -> None:
    """As those on any other field."""
    using = ask(warehouse, Query("drop", by="silent", where=where), today=TODAY).rows[0]["installations"]
    for question, by in (("installs", "state"), ("coverage", "field"), ("versions", "buildbot")):
        assert ask(warehouse, Query(question, by=by, where=where), today=TODAY).denominator == using
    (month,) = ask(
        warehouse, Query("drop", by="month", where=where, since=date(2026, 10, 1), until=TODAY), today=TODAY
    ).rows
    assert month["installations"] == using
