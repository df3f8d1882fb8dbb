"""What is told of workers: releases, in bands, of those of the configuration that the master's database saw lately."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from sqlite3 import sqlite_version_info
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy
from buildbot.db.model import Model
from twisted.internet import defer, task

from headcount.client._workers import LATELY, in_bands, seen
from tests.support.masters import SMALL, collecting, running

NOW = 1_790_000_000
BUILDERS = "INSERT INTO builders (id, name, name_hash) VALUES (1, 'b', 'h')"
MASTERS = "INSERT INTO masters (id, name, name_hash, active, last_active) VALUES (1, 'm', 'h', 1, 0)"
REQUESTS = (
    "INSERT INTO buildsets (id, submitted_at) VALUES (1, 0)",
    "INSERT INTO buildrequests (id, buildsetid, builderid, submitted_at) VALUES (1, 1, 1, 0)",
)


class Database:
    """Buildbot's tables in SQLite, and workers in them; ``do`` is what Buildbot's pool of threads does."""

    def __init__(self) -> None:
        self.engine = sqlalchemy.create_engine("sqlite://", poolclass=sqlalchemy.pool.StaticPool)
        Model.metadata.create_all(self.engine)
        self.pool = SimpleNamespace(do=self.do)
        self.statements = 0
        self.write(BUILDERS, MASTERS, *REQUESTS)

    def do(self, work: Callable[..., Any], *arguments: Any) -> defer.Deferred[Any]:
        """Run work with a connection, at once."""
        self.statements += 1
        with self.engine.connect() as connection:
            return defer.execute(work, connection, *arguments)

    def write(self, *statements: str, **values: Any) -> None:
        """Write rows."""
        with self.engine.begin() as connection:
            for statement in statements:
                connection.execute(sqlalchemy.text(statement), values)

    def worker(self, number: int, told: Any, *, built: int | None = None, connected: bool = False) -> None:
        """Add a worker ``w1`` that told its version, and had a build so many seconds ago, or is connected."""
        info = json.dumps({"version": told, "host": "secret.example", "admin": "klaus"})
        self.write(
            "INSERT INTO workers (id, name, info) VALUES (:id, :name, :info)", id=number, name=f"w{number}", info=info
        )
        if built is not None:
            self.write(
                "INSERT INTO builds (number, builderid, buildrequestid, workerid, masterid, started_at, locks_duration_s, "
                "state_string) VALUES (:id, 1, 1, :id, 1, :at, 0, '')", id=number, at=NOW - built,
            )  # fmt: skip
        if connected:
            self.write("INSERT INTO connected_workers (masterid, workerid) VALUES (1, :id)", id=number)


@pytest.fixture
def database() -> Iterator[Database]:
    """A database without workers."""
    made = Database()
    yield made
    made.engine.dispose()


def told(database: Any, *names: str) -> Any:
    """Return what is told of the workers with these names."""
    results: list[Any] = []
    seen(database, frozenset(names), NOW, task.Clock()).addBoth(results.append)
    return results[0]


def test_workers_that_were_seen_lately_are_told_by_release_in_bands(database: Database) -> None:
    """With a build in the last 30 days, or connected now: each once, and only those that the configuration names."""
    for number in range(1, 8):
        database.worker(number, "4.3.0", built=LATELY - number, connected=number < 3)
    database.worker(8, "0.8.14", connected=True)
    database.worker(9, "3.11.9", built=LATELY + 1)
    database.worker(10, "2.10.5")
    database.worker(11, "1.8.2", built=0)
    assert told(database, *(f"w{number}" for number in range(1, 11))) == {"0.8.14": "1", "4.3.0": "6-20"}
    assert told(database, "w1") == {"4.3.0": "1"}
    assert told(database) == {}
    assert database.statements == 3, "one stay in a thread each"


@pytest.mark.parametrize("odd", ["acme-7", "192.168.1.7", "10.20.30", "", None, 7, ["4.3.0"], "0.8.99", "0.7.5"])
def test_a_version_that_was_not_published_is_not_told(database: Database, odd: object) -> None:
    """A worker says of itself what it likes."""
    database.worker(1, odd, connected=True)
    database.worker(2, "4.3.0.dev7+acme", connected=True)
    assert told(database, "w1", "w2") == {"4.3.0": "1"}


@pytest.mark.parametrize("info", ["", "null", "[]", "{", '{"admin": "klaus"}'])
def test_a_worker_that_never_told_anything_is_left_out(database: Database, info: str) -> None:
    """Buildbot writes an empty object for a worker that has never connected."""
    database.worker(1, "4.3.0", connected=True)
    database.write("UPDATE workers SET info = :info", info=info)
    assert told(database, "w1") == {}


def test_of_a_database_that_cannot_be_asked_nothing_is_told(database: Database) -> None:
    """Neither where its tables are others, nor while the master stops; Buildbot hears of no fault."""
    database.write("DROP TABLE connected_workers")
    assert told(database, "w1") is None
    assert told(SimpleNamespace(pool=None), "w1") is None
    assert told(SimpleNamespace(pool=SimpleNamespace(do=lambda _: defer.fail(RuntimeError()))), "w1") is None


def test_a_database_that_does_not_answer_is_not_waited_for() -> None:
    """The report goes without the field."""
    clock, results = task.Clock(), list[Any]()
    database = SimpleNamespace(pool=SimpleNamespace(do=lambda _: defer.Deferred()))
    seen(database, frozenset(), NOW, clock).addBoth(results.append)
    clock.advance(19)
    assert results == []
    clock.advance(2)
    assert results == [None]


def test_a_band_holds_how_many_it_says() -> None:
    """At both ends of each."""
    for count, band in ((1, "1"), (2, "2-5"), (5, "2-5"), (6, "6-20"), (20, "6-20"), (21, "21+"), (5000, "21+")):
        assert in_bands(["4.3.0"] * count) == {"4.3.0": band}
    assert in_bands([]) == {}


OURS = "c['configurators'] = [util.UsageData(url={url!r}, level='full')]\n"
ONE_MORE = "c['builders'][0].factory.addStep(steps.ShellCommand(command=['true']))\n"


def test_a_running_master_tells_of_the_workers_that_are_connected(tmp_path: Path) -> None:
    """By the release that they say themselves; nothing else that a worker tells of itself leaves."""
    with collecting() as collector:
        ours = SMALL + OURS.format(url=collector.url)
        with running(tmp_path / "m", ours) as master:
            master.wait_for("the collector accepted the report")
            master.wait_for("Worker w1 attached to b1")
            (tmp_path / "m" / "master.cfg").write_text(ours + ONE_MORE)
            master.reconfigure()
            request = collector.wait(2)
            master.wait_for("the collector accepted the report", 2)
            log = master.stop()
    assert request.body["workers"] == {version("buildbot-worker"): "1"}
    assert (request.body["db_driver"], request.body["db_server"]) == ("pysqlite", f"3.{sqlite_version_info[1]}")
    assert socket.gethostname().encode() not in request.text
    assert "Traceback" not in log, log
