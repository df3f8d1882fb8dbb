"""Mutation testing: what is changed in the questions or in the loader is noticed, or it is explained why it need not be."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from importlib.resources import files
from itertools import chain, product
from pathlib import Path
from typing import Any

import duckdb
import pytest

from headcount.contract import Arrival, Profile, Release
from headcount.questions import Query, ask
from headcount.questions._publish import states_statement
from headcount.questions._windows import alive
from headcount.warehouse.clickhouse._schema import TABLES
from headcount.warehouse.duckdb import DuckWarehouse, _scripts, _snapshot
from tests.support import tables
from tests.support.conformance import conformance_fleet
from tests.support.contents import everything
from tests.support.loaded import Fleet
from tests.support.publishing import publish
from tests.support.sql_mutants import Mutant, files_read, in_place, mutants
from tests.support.ways import UNTIL, WAYS, Way, statements

EXPLAINED: dict[str, str] = json.loads((Path(__file__).parent / "mutation-survivors.json").read_text(encoding="utf-8"))
"""Mutants that change no answer, and why."""


PUBLISHED = (
    "fragments/record_key.sql", "fragments/twice.sql", "fragments/weighed_keys.sql",
    "plugins.bands.rare.sql", "plugins.rare.sql", "states.sql"
)  # fmt: skip
"""What a publication alone is made of."""


@pytest.fixture(scope="module")
def _doubled() -> Iterator[Fleet]:
    """A fleet in DuckDB, every row twice and beside what it was before, as ClickHouse may have them until it merges."""
    with conformance_fleet() as made:
        with made.warehouse.file.transaction() as cursor:
            for table in TABLES:
                columns = ", ".join(_stored(cursor, table))
                if columns:  # else ClickHouse alone has it
                    cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}")
            for stale in (
                "month (m, install, profile, days, second) SELECT m, install, 0, 1, second - 1 FROM month WHERE second > 0",
                "latest SELECT install, 0, last - 1 FROM latest",
                "first SELECT install, release, upto, upto FROM first",
                "first SELECT install, release, day, day FROM first",
                "births SELECT install, day + 1, DATE '2100-01-01', day + 1 FROM births",
                "daily SELECT day, 0, 0 FROM daily",
            ):
                cursor.execute(f"INSERT INTO {stale}")
        yield made


@pytest.fixture
def doubled(_doubled: Fleet, monkeypatch: pytest.MonkeyPatch) -> Fleet:
    """That fleet, in a warehouse that says so."""
    monkeypatch.setattr(_snapshot.DuckSnapshot, "once", False)
    return _doubled


def _stored(cursor: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """The columns of a table that hold something of their own."""
    sql = "SELECT column_name FROM duckdb_columns() WHERE table_name = ? AND NOT is_generated ORDER BY column_index"
    return [str(name) for (name,) in cursor.execute(sql, [table]).fetchall()]


@pytest.fixture(scope="module")
def single() -> Iterator[Fleet]:
    """The same fleet, every row once."""
    with conformance_fleet() as made:
        yield made


def _read(path: str) -> str:
    return files("headcount").joinpath(path).read_text(encoding="utf-8")


def _answers(warehouse: DuckWarehouse, way: Way) -> list[Any]:
    where = way.where.text if way.where else None
    found = []
    for since, until in way.windows:
        answer = ask(warehouse, Query(way.question, way.by, way.basis, since, until, where), today=until)
        found.append((answer.levels, answer.rows))
    return found


def _used(way: Way) -> set[str]:
    """The files that the statements of a way are made of."""
    with files_read() as names:
        for once, latest in product((False, True), repeat=2):
            statements(way, latest=latest, once=once)
    return names


def _survives(mutant: Mutant, warehouse: DuckWarehouse, ways: list[Way], expected: dict[str, list[Any]]) -> bool:
    try:
        with in_place(mutant):
            return all(_answers(warehouse, way) == expected[str(way)] for way in ways)
    except (duckdb.Error, ValueError, ZeroDivisionError, KeyError, TypeError):
        return False


def _all_explained(survivors: list[Mutant]) -> None:
    """Fail with those that change no answer and are not explained."""
    unexplained = [str(mutant) for mutant in survivors if str(mutant) not in EXPLAINED]
    assert not unexplained, "\n" + "\n".join(unexplained)


@pytest.mark.soak
def test_a_change_of_a_question_is_noticed(doubled: Fleet) -> None:
    """Of each statement and each fragment, by the ways to ask that use it, every row twice."""
    survivors, total = _survivors(doubled, "", "fragments/")
    assert total > 200
    _all_explained(survivors)


@pytest.mark.soak
def test_a_change_of_what_is_asked_where_rows_are_held_once_is_noticed(single: Fleet) -> None:
    """Of the fragments that stand in the place of others there."""
    survivors, total = _survivors(single, "once/")
    assert total > 3
    _all_explained(survivors)


def _survivors(loaded: Fleet, *directories: str) -> tuple[list[Mutant], int]:
    """The mutants of all files in some directories that change no answer, and how many there are."""
    expected = {str(way): _answers(loaded.warehouse, way) for way in WAYS}
    used = {str(way): _used(way) for way in WAYS}
    survivors, total = [], 0
    root = files("headcount.questions").joinpath("sql")
    listed = [
        (f"{directory}{file.name}", file)
        for directory in directories
        for file in root.joinpath(directory).iterdir()
        if file.name.endswith(".sql")
    ]
    for name, file in sorted(listed, key=lambda item: item[0]):
        if name in PUBLISHED:
            continue
        ways = [way for way in WAYS if name.removesuffix(".sql") in used[str(way)]]
        assert ways, f"no way to ask uses {name}"
        ways.sort(key=lambda way: way.basis != "seen")
        for mutant in mutants(name, file.read_text(encoding="utf-8")):
            total += 1
            if _survives(mutant, loaded.warehouse, ways, expected):
                survivors.append(mutant)
    return survivors, total


@pytest.mark.soak
def test_a_change_of_what_is_published_is_noticed(doubled: Fleet) -> None:
    """Of the statements and fragments that a publication alone uses."""

    def published() -> list[Any]:
        found: list[Any] = [publish(doubled.warehouse, week="2026-W43", k=k) for k in (2, 12)]
        with doubled.warehouse.snapshot() as snapshot:
            found.append(sorted(snapshot.query(states_statement(), alive(UNTIL).parameters(None))))
        return found

    expected = published()
    survivors = []
    for name in PUBLISHED:
        for mutant in mutants(name, _read(f"questions/sql/{name}")):
            try:
                with in_place(mutant):
                    if published() == expected:
                        survivors.append(mutant)
            except duckdb.Error:
                pass
    _all_explained(survivors)


START = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
CONTENTS = [
    Profile("stock", "basic", buildbot=release).canonical() for release in (Release(0, 9, 0), Release(4, 3, 0), None)
]


def _batches() -> list[list[Arrival]]:
    """Reports that come late, twice, on one day with two profiles, over month ends, and before what was the first."""
    days = [
        [(40, 1, 0), (40, 1, 1), (41, 2, 0)], [(10, 1, 0), (40, 1, 1), (75, 3, 2)], [(10, 2, 2), (10, 2, 2), (9, 1, 1)],
        [(30, 3, 0), (31, 3, 0), (31, 1, 2), (58, 1, 0), (59, 2, 1), (0, 2, 0)],
        [(41, 2, 0), (42, 2, 1), (5, 3, 1), (74, 3, 0)],
    ]  # fmt: skip
    return [
        [
            Arrival(START + day * 86_400 + 7 * place, install, profile + 1, CONTENTS[profile])
            for place, (day, install, profile) in enumerate(batch)
        ]
        for batch in days
    ]


def _claims() -> list[list[list[Arrival]]]:
    """The batches of some fleets of installations that came with a secret, and of guessers, each in an order of its own."""
    chance = random.Random(7)
    fleets = []
    for spread in (6, 6, 6, 40, 40, 100, 100):
        drawn = [
            tables.arrival(chance.randint(1, 8), chance.randrange(spread * 86_400), chance.randrange(3))
            for _ in range(30)
        ]
        fleets.append([drawn[start : start + 10] for start in range(0, 30, 10)])
    return fleets


SCRIPTS = {"load": [_batches()], "derive": [_batches()], "claims": _claims()}
"""The loader's scripts, and the batches of fleets in which a change of each shows."""


@pytest.mark.soak
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_change_of_the_loader_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of its statements: the tables are not what the arrivals say any more."""
    original = _scripts.script
    fleets = [(batches, tables.tables_of([*chain.from_iterable(batches)])) for batches in SCRIPTS[name]]
    assert all(_loads_right(batches, expected) for batches, expected in fleets)
    survivors = []
    for mutant in mutants(f"{name}.sql", _read(f"warehouse/duckdb/sql/{name}.sql")):

        def script(file: str, text: str = mutant.text) -> str:
            return text if file == name else original(file)

        monkeypatch.setattr(_scripts, "script", script)
        if all(_loads_right(batches, expected) for batches, expected in fleets):
            survivors.append(mutant)
    _all_explained(survivors)


def _loads_right(batches: list[list[Arrival]], expected: dict[str, set[tuple[object, ...]]]) -> bool:
    try:
        with closing(DuckWarehouse(":memory:")) as warehouse:
            for batch in [*batches, *batches[1:2]]:
                warehouse.load(batch, inbox="a", through=1)
            loaded = everything(warehouse)
            warehouse.rebuild()
            rebuilt = everything(warehouse)
    except duckdb.Error:
        return False
    right = all(sorted(loaded[table], key=repr) == sorted(rows, key=repr) for table, rows in expected.items())
    return right and rebuilt == loaded
