"""The warehouse in the process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.contract import Arrival
from headcount.warehouse import WarehouseInUse
from headcount.warehouse.duckdb import DuckWarehouse
from headcount.warehouse.duckdb._migrations import migrate, migrations
from tests.support.tables import ARRIVALS, PROFILES, RELEASES, START, day_of, everything, rows, tables_of


@pytest.fixture
def warehouse() -> Iterator[DuckWarehouse]:
    """An empty warehouse in memory."""
    with closing(DuckWarehouse(":memory:")) as made:
        yield made


BATCHES = given(st.lists(st.lists(ARRIVALS, min_size=1, max_size=12), max_size=3))


@settings(max_examples=20)
@BATCHES
def test_the_tables_are_what_the_arrivals_say(batches: list[list[Arrival]]) -> None:
    """In whatever batches and order they come, also twice; and a rebuild makes the same."""
    _load_and_compare(batches)


@pytest.mark.soak
@settings(max_examples=1000, derandomize=False)
@BATCHES
def test_the_tables_are_what_many_arrivals_say(batches: list[list[Arrival]]) -> None:
    """The same, many more times."""
    _load_and_compare(batches)


def _load_and_compare(batches: list[list[Arrival]]) -> None:
    with closing(DuckWarehouse(":memory:")) as warehouse:
        for batch in [*batches, *batches[:1]]:
            warehouse.load(batch, inbox="a", through=1)
        loaded = everything(warehouse)
        expected = tables_of([one for batch in batches for one in batch])
        for table, listed in expected.items():
            assert set(loaded[table]) == listed
            assert len(loaded[table]) == len(listed)
        warehouse.rebuild()
        assert everything(warehouse) == loaded


def test_a_load_is_all_or_nothing(warehouse: DuckWarehouse) -> None:
    """Rows and mark are one transaction: what fails half-way leaves no trace, and can be loaded again."""
    good = Arrival(START, 1, 1, PROFILES[0])
    with pytest.raises(duckdb.Error, match="-1"):
        warehouse.load([good], inbox="a", through=-1)  # the last thing that a load writes
    assert warehouse.mark("a") == 0
    assert all(not rows for rows in everything(warehouse).values())
    warehouse.load([good], inbox="a", through=1)
    assert (warehouse.mark("a"), warehouse.mark("b")) == (1, 0)


def test_a_snapshot_does_not_change(warehouse: DuckWarehouse) -> None:
    """Denominator and rows of one answer are of one moment, whatever is loaded meanwhile."""
    warehouse.load([Arrival(START, 1, 1, PROFILES[0])], inbox="a", through=1)
    with warehouse.snapshot() as snapshot:
        assert snapshot.query("SELECT count(*) FROM sightings", {}) == [(1,)]
        warehouse.load([Arrival(START + 90_000, 2, 1, PROFILES[0])], inbox="a", through=2)
        assert snapshot.query("SELECT count(*) FROM sightings", {}) == [(1,)]
        assert snapshot.data_until() == START
    assert rows(warehouse, "SELECT count(*) FROM sightings") == [(2,)]


def test_the_version_grows_with_each_change(warehouse: DuckWarehouse) -> None:
    """Answers are kept by it."""
    before = warehouse.version
    warehouse.load([], inbox="a", through=0)
    assert warehouse.version > before


def test_one_owner(tmp_path: Path) -> None:
    """A second process is told so."""
    path = tmp_path / "w.duckdb"
    other = "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", other, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(WarehouseInUse):
            DuckWarehouse(path)
        process.communicate()
    DuckWarehouse(path).close()


def test_migrations_bring_an_older_warehouse_up_to_date(tmp_path: Path) -> None:
    """Each once, in order, in a transaction of its own: one that fails leaves those before it."""
    path = str(tmp_path / "w.duckdb")
    steps = {
        1: "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)",
        2: "ALTER TABLE a ADD COLUMN y INTEGER DEFAULT 5",
    }
    with closing(duckdb.connect(path)) as db:
        assert migrate(db, path, {1: steps[1]}) == [1]
        assert migrate(db, path, steps) == [2]
        assert migrate(db, path, steps) == []
        assert db.execute("SELECT * FROM a").fetchall() == [(1, 5)]
        with pytest.raises(duckdb.Error):
            migrate(db, path, {**steps, 3: "DROP TABLE a", 4: "CREATE TABLE b (x INTEGER); SELECT nonsense"})
        assert db.execute("SELECT number FROM migrations ORDER BY 1").fetchall() == [(1,), (2,), (3,)]
        assert db.execute("SELECT table_name FROM duckdb_tables()").fetchall() == [("migrations",)]


def test_newer_and_foreign_files_are_refused(tmp_path: Path) -> None:
    """With what to do; the file is left as it was."""
    newer, foreign = tmp_path / "newer.duckdb", tmp_path / "foreign.duckdb"
    with closing(duckdb.connect(str(newer))) as db:
        migrate(db, "newer", {**migrations(), 99: "SELECT 1"})
    with closing(duckdb.connect(str(foreign))) as db:
        db.execute("CREATE TABLE theirs (x INTEGER)")
    with pytest.raises(ValueError, match=r"newer Headcount \(migration 99\): install that one"):
        DuckWarehouse(newer)
    with pytest.raises(ValueError, match="no warehouse of Headcount's"):
        DuckWarehouse(foreign)
    with closing(duckdb.connect(str(foreign))) as db:
        assert db.execute("SELECT table_name FROM duckdb_tables()").fetchall() == [("theirs",)]


def test_the_derived_tables_of_an_older_warehouse_are_made_anew(tmp_path: Path) -> None:
    """What the first version of the tables held is in those of today, as if it had been loaded into them."""
    path = tmp_path / "w.duckdb"
    arrivals = [Arrival(START + day * 86_400, day % 3, 1 + day % 2, PROFILES[day % 2]) for day in (0, 1, 2, 3, 40, 70)]
    with closing(duckdb.connect(str(path))) as db:
        migrate(db, "old", {1: migrations()[1]})
        for key, text in ((1, "0.9.0"), (2, "4.3.0")):
            release = RELEASES[key - 1]
            assert release is not None
            assert str(release) == text
            lists = ", ".join(["[]"] * 8)
            db.execute(
                "INSERT INTO profiles (profile, buildbot, sender, level, vocabulary, python, twisted, sqlalchemy, system, "
                "machine, distro, kernel, implementation, db, mq, multi_master, answered, names, kinds, depths, counts, "
                f"sequences, builders, scrubbed, scrubs) VALUES (?, ?, 'stock', 'basic', '', 0, 0, 0, '', '', '', '', '', "
                f"'', '', 0, ['versions.Buildbot'], {lists})",
                [key, release.number],
            )
        for one in arrivals:
            db.execute(
                "INSERT INTO sightings VALUES (?, ?, ?, ?)",
                [one.install, day_of(one.received), one.profile, one.received],
            )
    with closing(DuckWarehouse(path)) as migrated, closing(DuckWarehouse(":memory:")) as loaded:
        loaded.load(arrivals, inbox="a", through=1)
        for table in ("month", "latest", "first", "births"):
            assert everything(migrated)[table] == everything(loaded)[table]
        migrated.rebuild()
        assert everything(migrated) == everything(loaded)


def test_every_change_is_counted_under_the_lock(warehouse: DuckWarehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or a load would take back the count of an erasure, and who was erased would be in an answer from before."""
    held = []
    counted = warehouse._changed

    def changed(*, corrects: bool) -> None:
        held.append((corrects, warehouse._loading.locked()))
        counted(corrects=corrects)

    monkeypatch.setattr(warehouse, "_changed", changed)
    monkeypatch.setattr(warehouse.file, "reopen", lambda: True)
    warehouse.mark("a")
    monkeypatch.undo()
    monkeypatch.setattr(warehouse, "_changed", changed)
    warehouse.load([Arrival(START + 86_400, 1, 1, PROFILES[0])], inbox="a", through=1)
    assert warehouse.keep_time(START) == 1
    assert warehouse.keep_time(START + 3_600) == 0
    warehouse.erase([1], START)
    assert held == [(True, True), (False, True), (True, True), (False, True), (True, True)]
    assert warehouse.corrections == 3
