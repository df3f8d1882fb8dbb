"""The conformance suite's fleet, its answers on DuckDB, and how those of other engines and the oracle compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from typing import Any, Self

import pytest
from _pytest.mark import ParameterSet

from headcount import fleet
from headcount.questions import PUBLIC_TABLES, Answer, PublicTable, Query, ask
from headcount.questions._publish import statements as published_statements
from headcount.questions._publish import states_statement
from headcount.questions._recording import record_statements
from headcount.questions._where import condition
from headcount.questions._windows import alive
from headcount.warehouse import Asking, Parameters
from headcount.warehouse._parameters import used_parameters
from tests.support import contents
from tests.support.loaded import Fleet, load
from tests.support.ways import EDGES, UNTIL, Way

COLUMNS = frozenset(name for table in contents.ASKED for name in contents.COLUMNS[table])
"""The names of the columns of all tables that questions ask."""


each_table = pytest.mark.parametrize("table", PUBLIC_TABLES, ids=lambda table: f"{table.question}-{table.by}")
"""A test for each table of a publication."""


def each(ways: Sequence[Way | ParameterSet]) -> pytest.MarkDecorator:
    """Return what makes a test for each of these ways to ask."""
    return pytest.mark.parametrize("way", ways, ids=str)


@contextmanager
def conformance_fleet() -> Iterator[Fleet]:
    """Yield the fleet, loaded in several batches, each twice: what an interrupted loader delivers again counts once."""
    with load(installs=170, days=760, seed=7, until=UNTIL, edges=EDGES, batch=1_000, times=2) as loaded:
        with loaded.warehouse.file.transaction() as cursor:
            cursor.execute("RESET threads")  # rows come in no order that a statement does not ask for
        yield loaded


def answers(warehouse: Any, way: Way) -> list[Answer]:
    """Return the answer over each window of a way."""
    return [_answer(warehouse, way, window) for window in way.windows]


def _answer(warehouse: Any, way: Way, window: tuple[date | None, date]) -> Answer:
    where = way.where.text if way.where else None
    since, until = window
    compared = way.compared.text if way.compared else None
    query = Query(way.question, way.by, way.basis, since, until, where, way.over, compared)
    return ask(warehouse, query, today=UNTIL)


class Memory:
    """A warehouse whose data does not change, and which therefore runs a statement with the same values once."""

    def __init__(self, warehouse: Asking) -> None:
        self._warehouse = warehouse
        self._rows: dict[object, list[tuple[object, ...]]] = {}

    def query(self, sql: str, parameters: Parameters) -> list[tuple[object, ...]]:
        """Return the rows of a statement."""
        key = (sql, tuple(sorted(used_parameters(sql, parameters).items())))
        if key not in self._rows:
            self._rows[key] = contents.rows(self._warehouse, sql, parameters)
        return self._rows[key]


class Asked:
    """A warehouse that is only asked, and by statements that would do for any engine and any window.

    Rows may be held twice, and when the newest report came is not known unless ``newest`` gives it, Unix time.
    """

    once = False

    def __init__(self, engine: Any, newest: int | None = None) -> None:
        self._engine = engine
        self._newest = newest

    def snapshot(self) -> Any:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def query(self, sql: str, parameters: Parameters) -> list[tuple[object, ...]]:
        found: list[tuple[object, ...]] = self._engine.query(sql, parameters)
        return found

    def data_until(self) -> int | None:
        return self._newest


def duckdb_answers(warehouse: Any, way: Way) -> list[Answer]:
    """Return the answer over each window of a way; each is asked once in a process."""
    return [_duckdb_answer(warehouse, way._replace(windows=()), window) for window in way.windows]


_duckdb_answer = cache(_answer)


def engine_agrees(loaded: Fleet, warehouse: Any, way: Way) -> None:
    """Assert that an engine gives DuckDB's answers, row for row."""
    for ours, theirs in zip(duckdb_answers(loaded.warehouse, way), answers(warehouse, way), strict=True):
        assert (theirs.levels, theirs.rows) == (ours.levels, ours.rows)
        assert (theirs.tables, theirs.tested) == (ours.tables, ours.tested)
        assert (theirs.least, theirs.most, theirs.set_apart) == (ours.least, ours.most, ours.set_apart)


def oracle_agrees(loaded: Fleet, way: Way) -> None:
    """Assert that an answer over each window is the oracle's: every row, count, denominator and level."""
    if way.over is not None:
        _oracle_agrees_over(loaded, way)
        return
    for answer in duckdb_answers(loaded.warehouse, way):
        expected = fleet.answer(
            way.question,
            loaded.truths,
            by=way.by,
            basis=way.basis,
            since=answer.since,
            until=answer.until,
            where=way.where.holds if way.where else None,
            asked=way.where.asked if way.where else None,
            compared=way.others,
            believed=loaded.believed,
            dropped=loaded.dropped,
        )
        if way.where:
            bounds = fleet.bounds(
                way.question, loaded.truths, by=way.by, basis=way.basis, since=answer.since, until=answer.until,
                judge=way.where.judge, believed=loaded.believed,
            )  # fmt: skip
            assert (answer.least, answer.most) == tuple(map(_near, bounds or (None, None)))
        assert answer.denominator == expected.denominator
        assert not answer.levels or sum(answer.levels.values()) == answer.denominator
        assert_expected(answer, expected)


def assert_expected(answer: Answer, expected: fleet.Expected) -> None:
    """Assert that the rows of an answer, the tables beside them, and how many hypotheses were tested, are as expected."""
    _rows_agree("rows", answer.rows, expected.rows)
    assert answer.tested == expected.tested
    assert answer.tables.keys() == expected.tables.keys()
    for name, table in answer.tables.items():
        assert table.denominator == expected.tables[name].denominator, name
        _rows_agree(name, table.rows, expected.tables[name].rows)


def _rows_agree(name: str, ours: Sequence[Mapping[str, object]], expected: Sequence[Mapping[str, object]]) -> None:
    assert len(ours) == len(expected), name
    for row, other in zip(ours, expected, strict=True):
        assert {key: _near(value) for key, value in other.items()} == row, name


def _oracle_agrees_over(loaded: Fleet, way: Way) -> None:
    for answer in duckdb_answers(loaded.warehouse, way):
        assert way.over is not None
        named = condition(way.where.text).classes.values() if way.where else ()
        expected = fleet.by_period(
            way.question,
            loaded.truths,
            by=way.by,
            unit=way.over,
            basis=way.basis,
            since=answer.since,
            until=answer.until,
            where=way.where.holds if way.where else None,
            asks=way.where.asks if way.where else None,
            named=frozenset(each.name for each in named),
            believed=loaded.believed,
        )
        assert answer.denominator == expected.denominator
        assert sum(answer.levels.values()) == answer.denominator
        assert_expected(answer, expected)


def _near(value: object) -> object:
    """Counts and words are equal; what is rounded may differ in the last place."""
    return pytest.approx(value, abs=1.01e-4) if isinstance(value, float) else value


def public_statements(table: PublicTable) -> list[str]:
    """Return the statements that are run to publish a table, and the one that says of whom a publication is."""
    return [*published_statements(table), states_statement()]


def cell_keys_agree(loaded: Fleet, engine: Memory, table: PublicTable) -> None:
    """Assert that what a publication asks for a table gives an engine DuckDB's counts and keys."""
    parameters = _public_parameters(table)
    for sql in public_statements(table):
        with loaded.warehouse.snapshot() as snapshot:
            ours = sorted(snapshot.query(sql, parameters))
        assert ours
        assert sorted(map(tuple, engine.query(sql, parameters))) == ours


def record_cells_agree(loaded: Fleet, engine: Memory) -> None:
    """Assert that what a record asks gives an engine DuckDB's counts and keys."""
    asked = condition("plugin = buildbot.steps.source.svn.SVN or sqlalchemy < 2")
    quarter = date(UNTIL.year, 9, 30)
    for sql in record_statements(asked):
        with loaded.warehouse.snapshot() as snapshot:
            parameters: Parameters = {
                **alive(quarter.replace(year=quarter.year - 1)).parameters(None), **asked.parameters(snapshot),
                "quarter": quarter.isoformat(),
            }  # fmt: skip
            ours = sorted(snapshot.query(sql, parameters))
        assert ours
        assert sorted(map(tuple, engine.query(sql, parameters))) == ours


def _public_parameters(table: PublicTable) -> Parameters:
    return {
        **alive(UNTIL - timedelta(days=6)).parameters(None), "name0": "buildbot.steps.source.git.Git",
        "name1": "waterfall_view", **table.breakdown.parameters,
    }  # fmt: skip
