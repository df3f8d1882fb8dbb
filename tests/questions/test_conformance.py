"""The conformance suite: every question, asked every way, on every engine, and of the oracle.

One simulated fleet is loaded the way of all reports into DuckDB, and from there into a recent ClickHouse (chDB) and a real
cluster of two old ones (18.16), each row twice and unmerged, as a loader that was interrupted delivers them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from headcount import fleet
from headcount.fleet._answered import answered
from headcount.questions import PUBLIC_TABLES, REGISTRY, PublicTable
from headcount.questions._publish import statements as published_statements
from headcount.questions._publish import states_statement
from headcount.questions._where import condition
from headcount.questions._windows import alive
from headcount.warehouse import Parameters
from headcount.warehouse.clickhouse._connection import ClickHouse
from headcount.warehouse.clickhouse._schema import TABLES, shard, single
from tests.support.clickhouse import NAME, Cluster, clickhouse_missing
from tests.support.engines import ChdbEngine, Engine
from tests.support.loaded import Asked, Fleet, load, names, rows
from tests.support.oracle import answers, of_duckdb, oracle_agrees
from tests.support.requires import require
from tests.support.sql_lint import lint
from tests.support.ways import EDGES, UNTIL, WAYS, Way

YEAR = timedelta(days=365)
_OUT = datetime(2025, 5, 12, tzinfo=UTC).timestamp()  # when 4.3.0 came out
each_way = pytest.mark.parametrize("way", WAYS, ids=str)


@pytest.fixture(scope="module")
def loaded() -> Iterator[Fleet]:
    """The fleet in DuckDB."""
    with load(installs=170, days=760, seed=7, until=UNTIL, edges=EDGES) as made:
        yield made


@pytest.fixture(scope="module")
def chdb(loaded: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Its rows in a recent ClickHouse."""
    with closing(ChdbEngine(tmp_path_factory.mktemp("chdb"))) as engine:
        for statement in ["CREATE DATABASE headcount", "USE headcount", *single()]:
            engine.execute(statement)
        for table in TABLES:
            engine.execute(f"SYSTEM STOP MERGES {table}")
            found = rows(loaded.warehouse, table)
            for _ in range(2):
                engine.insert(table, names(table), found)
            assert engine.query(f"SELECT count() FROM {table}", {}) == [(2 * len(found),)]
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
                found = rows(loaded.warehouse, table)
                for _ in range(2):
                    connection.insert(table, names(table), found)
                assert connection.query(f"SELECT count() FROM {table}", {}) == [(2 * len(found),)]
            on_one = connection.query("SELECT count() FROM sightings_local", {})
            assert 0 < int(str(on_one[0][0])) < 2 * len(rows(loaded.warehouse, "sightings"))
            yield connection


@each_way
def test_the_answer_is_the_oracles(loaded: Fleet, way: Way) -> None:
    """Recomputed from the truth by code that shares nothing with the SQL."""
    oracle_agrees(loaded, way)


@each_way
def test_a_recent_clickhouse_gives_the_same(loaded: Fleet, chdb: Engine, way: Way) -> None:
    """Row for row, with every row twice and unmerged."""
    for ours, theirs in zip(of_duckdb(loaded.warehouse, way), answers(Asked(chdb), way), strict=True):
        assert (theirs.levels, theirs.rows) == (ours.levels, ours.rows)


@each_way
def test_a_cluster_of_old_clickhouses_gives_the_same(loaded: Fleet, cluster: ClickHouse, way: Way) -> None:
    """Row for row, over two shards, with every row twice and unmerged."""
    for ours, theirs in zip(of_duckdb(loaded.warehouse, way), answers(Asked(cluster), way), strict=True):
        assert (theirs.levels, theirs.rows) == (ours.levels, ours.rows)


@pytest.mark.parametrize("basis", ["alive", "confirmed", "seen"])
def test_the_levels_are_those_of_the_denominator(loaded: Fleet, basis: str) -> None:
    """Of those who answered the field, or both, how many report at which level."""
    for name, question in REGISTRY.items():
        for by, breakdown in question.by.items():
            if (
                breakdown.scope.denominator == "answered"
                and not breakdown.scope.subject
                and basis in breakdown.scope.bases
            ):
                (answer,) = of_duckdb(loaded.warehouse, Way(name, by, basis, None, ((None, UNTIL),)))
                states = fleet.last_states(loaded.truths, basis=basis, since=answer.since, until=answer.until)
                fields = breakdown.scope.fields
                levels = Counter(state.level for state in states if all(answered(state, path) for path in fields))
                assert answer.levels == levels, (name, by)


def test_the_fleet_makes_the_suite_mean_something(loaded: Fleet) -> None:
    """Nearly every answer has rows, so that agreement is no agreement on nothing."""
    empty = [
        str(way)
        for way in WAYS
        if not any(
            row["installations"] or row.get("reports")
            for answer in of_duckdb(loaded.warehouse, way)
            for row in answer.rows
        )
    ]
    assert {name.partition("-")[0] for name in empty} <= {"plugins"}, empty
    assert len(empty) < len(WAYS) / 10, empty
    moved = rows(loaded.warehouse, "moved")
    assert len({back == date(2100, 1, 1) for *_, back in moved}) == 2  # some came back to stock, some did not
    stock = {truth.install for received, truth in loaded.truths if truth.secret is None and received < _OUT}
    later = {truth.install for received, truth in loaded.truths if truth.secret is not None and received > _OUT}
    assert len(stock & later) > 5  # whose upgrade to a release is told under another name than the one they had
    apart = rows(loaded.warehouse, "quarantine")
    assert len({released == date(2100, 1, 1) for *_, released in apart}) == 2  # some of the floods came back alone
    (uncounted,) = of_duckdb(loaded.warehouse, Way("coverage", "uncounted", "seen", None, ((UNTIL - YEAR, UNTIL),)))
    assert {str(row["value"]).partition(",")[0] for row in uncounted.rows} == {
        "anonymous", "damaged", "dropped: no report", "dropped: not JSON", "dropped: too large"
    }  # fmt: skip
    (kind,) = (row for row in uncounted.rows if row["value"] == "dropped: not JSON")
    assert int(kind["days"] or 0) > int(kind["reports"] or 0)  # what is sent again on another day counts once


def test_every_statement_keeps_to_the_subset() -> None:
    """What is asked, as it is put together from its fragments, passes the lint."""
    from headcount.questions import denominator_statement, statement

    columns = {name for table in TABLES for name in names(table)}
    statements: dict[str, tuple[Way, bool]] = {}
    for way in WAYS:
        breakdown = REGISTRY[way.question].by[way.by]
        where = condition(way.where.text) if way.where else None
        for once, latest, make in product((True, False), (False, True), (statement, denominator_statement)):
            sql = make(breakdown, way.basis, where, latest=latest, once=once)  # type: ignore[arg-type]  # from the registry
            statements[sql] = way, once  # where both are the same text it is held to all rules
    for sql, (way, once) in statements.items():
        found = lint(sql, columns=columns)
        assert [each for each in found if not (once and ": join-repeats: " in each)] == [], str(way)


@pytest.mark.parametrize("table", PUBLIC_TABLES, ids=lambda table: f"{table.question}-{table.by}")
def test_cell_keys_are_the_same_everywhere(
    loaded: Fleet, chdb: Engine, cluster: ClickHouse, table: PublicTable
) -> None:
    """What a publication asks keeps to the subset, and gives every engine the same counts and the same keys."""
    columns = {name for each in TABLES for name in names(each)}
    parameters: Parameters = {
        **alive(UNTIL - timedelta(days=6)).parameters(None), "name0": "buildbot.steps.source.git.Git",
        "name1": "waterfall_view", **table.breakdown.parameters,
    }  # fmt: skip
    for sql in [*published_statements(table), states_statement()]:
        assert lint(sql, columns=columns) == [], sql
        with loaded.warehouse.snapshot() as snapshot:
            ours = sorted(snapshot.query(sql, parameters))
        assert ours
        assert sorted(map(tuple, chdb.query(sql, parameters))) == ours
        assert sorted(map(tuple, cluster.query(sql, parameters))) == ours


def test_windows_are_as_long_as_they_say() -> None:
    """The suite's own windows are those of the definition: 13 months back, over month ends too."""
    from headcount.questions import alive_since

    assert alive_since(date(2026, 10, 31)) == date(2025, 10, 1)
    assert alive_since(date(2026, 3, 30)) == date(2025, 3, 1)
    for until in (UNTIL + timedelta(days=n) for n in range(0, 800, 7)):
        assert 392 <= (until - alive_since(until)).days <= 397
        assert alive_since(until) == fleet.alive_since(until)
