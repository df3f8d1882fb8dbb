"""The conformance suite: every question, asked every way, on every engine, and of the oracle.

One simulated fleet is loaded the way of all reports into DuckDB, and from there into a recent ClickHouse (chDB) and a real
cluster of two old ones (18.16), each row twice and unmerged, as a loader that was interrupted delivers them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

import pytest

from headcount import fleet
from headcount.contract import read_report, read_stock, vocabulary
from headcount.ingest import REPORTS, Arrival, Pseudonymizer, arrival
from headcount.questions import REGISTRY, Answer, ask
from headcount.questions._lint import lint
from headcount.warehouse import COLUMNS, DuckWarehouse, Parameters
from headcount.warehouse._clickhouse import ClickHouse
from headcount.warehouse._clickhouse_schema import TABLES, shard, single
from tests.support.clickhouse import NAME, Cluster, clickhouse_missing
from tests.support.engines import ChdbEngine, Engine
from tests.support.requires import require

UNTIL = date(2026, 10, 31)
DAYS = 500
WAYS = [
    (name, by, basis) for name, question in REGISTRY.items() for by, way in question.by.items() for basis in way.bases
]
WINDOWS: list[tuple[date | None, date]] = [
    (None, UNTIL),
    (None, date(2026, 2, 28)),
    (date(2026, 1, 14), date(2026, 3, 3)),
    (date(2020, 1, 1), date(2020, 2, 1)),
]


@dataclass
class Fleet:
    """One fleet: its truth, and a DuckDB warehouse that holds its reports."""

    truths: list[tuple[int, fleet.Truth]]
    warehouse: DuckWarehouse
    until: date


def _arrival(event: fleet.Event, pseudonymizer: Pseudonymizer) -> Arrival | None:
    read = read_report if event.path == REPORTS else read_stock
    report = read(event.body, vocabulary())
    return None if report.install is None else arrival(report, report.install, event.received, pseudonymizer)


@contextmanager
def load(*, installs: int, days: int, seed: int, until: date) -> Iterator[Fleet]:
    """Simulate a fleet and load it, every batch twice."""
    events = list(fleet.simulate(installs, days, seed, until))
    pseudonymizer = Pseudonymizer(b"k" * 32)
    arrivals = [one for one in (_arrival(event, pseudonymizer) for event in events) if one is not None]
    with closing(DuckWarehouse(":memory:")) as warehouse:
        for start in range(0, len(arrivals), 500):
            for _ in range(2):
                warehouse.load(arrivals[start : start + 500], inbox="a", through=start + 500)
        yield Fleet([(event.received, event.truth) for event in events], warehouse, until)


@pytest.fixture(scope="module")
def loaded() -> Iterator[Fleet]:
    """The fleet in DuckDB."""
    with load(installs=250, days=DAYS, seed=7, until=UNTIL) as made:
        yield made


@pytest.fixture(scope="module")
def chdb(loaded: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Its rows in a recent ClickHouse."""
    with closing(ChdbEngine(tmp_path_factory.mktemp("chdb"))) as engine:
        for statement in ["CREATE DATABASE headcount", "USE headcount", *single()]:
            engine.execute(statement)
        for table in TABLES:
            engine.execute(f"SYSTEM STOP MERGES {table}")
            rows = _rows(loaded.warehouse, table)
            for _ in range(2):
                engine.insert(table, _names(table), rows)
            assert engine.query(f"SELECT count() FROM {table}", {}) == [(2 * len(rows),)]
        yield engine


@pytest.fixture(scope="module")
def cluster(loaded: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouse]:
    """Its rows over two shards of an old ClickHouse."""
    require(clickhouse_missing())
    with Cluster(tmp_path_factory.mktemp("cluster")) as servers:
        for port in servers.ports:
            with closing(ClickHouse("127.0.0.1", port)) as node:
                for statement in shard(NAME, "headcount"):
                    node.execute(statement)
                node.execute("SYSTEM STOP MERGES")
        with closing(ClickHouse("127.0.0.1", servers.ports[0], "headcount")) as connection:
            for table in TABLES:
                rows = _rows(loaded.warehouse, table)
                for _ in range(2):
                    connection.insert(table, _names(table), rows)
                assert connection.query(f"SELECT count() FROM {table}", {}) == [(2 * len(rows),)]
            on_one = connection.query("SELECT count() FROM sightings_local", {})
            assert 0 < int(str(on_one[0][0])) < 2 * len(_rows(loaded.warehouse, "sightings"))
            yield connection


def _rows(warehouse: DuckWarehouse, table: str) -> list[tuple[object, ...]]:
    with warehouse.snapshot() as snapshot:
        return snapshot.query(f"SELECT {', '.join(_names(table))} FROM {table}", {})


def _names(table: str) -> list[str]:
    if table == "profiles":
        return ["profile", *(column.name for column in COLUMNS)]
    return {
        "sightings": ["install", "day", "profile", "last"],
        "month": ["m", "install", "profile", "days", "last"],
        "first": ["install", "release", "day", "upto"],
        "life": ["install", "born", "again"],
        "daily": ["day", "installs", "newcomers"],
    }[table]


class Asked:
    """An engine as a warehouse that is only asked."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def snapshot(self) -> Any:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def query(self, sql: str, parameters: Parameters) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = self._engine.query(sql, parameters)
        return rows

    def data_until(self) -> int | None:
        return None


def _answers(
    warehouse: Any, question: str, by: str, basis: str, windows: list[tuple[date | None, date]] = WINDOWS
) -> list[Answer]:
    chosen = [(since, until) for since, until in windows if since is None or basis == "seen"]
    return [
        ask(warehouse, question, today=UNTIL, by=by, basis=basis, since=since, until=until) for since, until in chosen
    ]


def oracle_agrees(
    loaded: Fleet, question: str, by: str, basis: str, windows: list[tuple[date | None, date]] = WINDOWS
) -> None:
    """Assert that an answer over each window is the oracle's: every row, count and denominator."""
    for answer in _answers(loaded.warehouse, question, by, basis, windows):
        expected = fleet.answer(question, loaded.truths, by=by, basis=basis, since=answer.since, until=answer.until)
        assert answer.denominator == expected.denominator
        rows = [{key: value for key, value in row.items() if key != "share"} for row in answer.rows]
        assert rows == [{key: value for key, value in row.items() if key != "share"} for row in expected.rows]
        for row, other in zip(answer.rows, expected.rows, strict=True):
            assert row["share"] == pytest.approx(other["share"], abs=1e-4)


@pytest.mark.parametrize(("question", "by", "basis"), WAYS)
def test_the_answer_is_the_oracles(loaded: Fleet, question: str, by: str, basis: str) -> None:
    """Recomputed from the truth by code that shares nothing with the SQL."""
    oracle_agrees(loaded, question, by, basis)


@pytest.mark.parametrize(("question", "by", "basis"), WAYS)
def test_a_recent_clickhouse_gives_the_same(loaded: Fleet, chdb: Engine, question: str, by: str, basis: str) -> None:
    """Row for row, with every row twice and unmerged."""
    for ours, theirs in zip(
        _answers(loaded.warehouse, question, by, basis), _answers(Asked(chdb), question, by, basis), strict=True
    ):
        assert (theirs.denominator, theirs.rows) == (ours.denominator, ours.rows)


@pytest.mark.parametrize(("question", "by", "basis"), WAYS)
def test_a_cluster_of_old_clickhouses_gives_the_same(
    loaded: Fleet, cluster: ClickHouse, question: str, by: str, basis: str
) -> None:
    """Row for row, over two shards, with every row twice and unmerged."""
    for ours, theirs in zip(
        _answers(loaded.warehouse, question, by, basis), _answers(Asked(cluster), question, by, basis), strict=True
    ):
        assert (theirs.denominator, theirs.rows) == (ours.denominator, ours.rows)


def test_the_fleet_makes_the_suite_mean_something(loaded: Fleet) -> None:
    """Nearly every answer has rows, so that agreement is no agreement on nothing."""
    empty = [way for way in WAYS if not _answers(loaded.warehouse, *way)[0].rows]
    assert {by for _, by, _ in empty} <= {"machine", "other"}, empty


def test_every_statement_keeps_to_the_subset() -> None:
    """What is asked, as it is put together from its fragments, passes the lint."""
    from headcount.questions import denominator_statement, statement

    columns = {name for table in TABLES for name in _names(table)}
    for name, by, basis in WAYS:
        breakdown = REGISTRY[name].by[by]
        for sql in (statement(breakdown, basis), denominator_statement(breakdown, basis)):
            assert lint(sql, columns=columns) == [], (name, by, basis)


def test_windows_are_as_long_as_they_say() -> None:
    """The suite's own windows are those of the definition: 13 months back, over month ends too."""
    from headcount.questions import alive_since

    assert alive_since(date(2026, 10, 31)) == date(2025, 10, 1)
    assert alive_since(date(2026, 3, 30)) == date(2025, 3, 1)
    for until in (UNTIL + timedelta(days=n) for n in itertools.islice(itertools.count(), 0, 800, 7)):
        assert 392 <= (until - alive_since(until)).days <= 397
        assert alive_since(until) == fleet.alive_since(until)
