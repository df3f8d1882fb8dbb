"""The warehouse in the process: what is DuckDB's alone, its file, its owner, its migrations and its vocabulary."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from headcount.contract import Arrival, Name, Profile
from headcount.warehouse import WarehouseInUse, WarehouseUnavailable
from headcount.warehouse.duckdb import DuckWarehouse
from headcount.warehouse.duckdb._arrivals import latest
from headcount.warehouse.duckdb._migrations import migrate, migrations
from tests.support.contents import everything, rows
from tests.support.tables import PROFILES, START

DAY = 86_400
GIT = "buildbot.steps.source.git.Git"
RARE = "buildbot.steps.source.monotone.Monotone"


def _arrival(install: int, day: int, key: int = 1, *names: str, stock: int = 0) -> Arrival:
    profile = Profile("headcount", "basic", plugins=tuple((Name(name), key) for name in names))
    return Arrival(START + day * DAY, install, key, profile.canonical(), stock=stock)


@pytest.fixture
def warehouse() -> Iterator[DuckWarehouse]:
    """An empty warehouse in memory."""
    with closing(DuckWarehouse(":memory:", threads=1)) as opened:
        yield opened


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


def test_a_load_is_all_or_nothing(warehouse: DuckWarehouse) -> None:
    """Rows and mark are one transaction: what fails half-way leaves no trace, and can be loaded again."""
    good = Arrival(START, 1, 1, PROFILES[0])
    with pytest.raises(WarehouseUnavailable, match="-1"):
        warehouse.load([good], inbox="a", through=-1)  # the last thing that a load writes
    assert warehouse.mark("a") == 0
    assert all(not rows for rows in everything(warehouse).values())
    warehouse.load([good], inbox="a", through=1)
    assert (warehouse.mark("a"), warehouse.mark("b")) == (1, 0)


def test_a_backup_is_the_warehouse_of_one_moment(warehouse: DuckWarehouse, tmp_path: Path) -> None:
    """Written while questions are asked; what comes later is not in it."""
    warehouse.load([_arrival(1, 0), _arrival(2, 0, 2, RARE)], inbox="a", through=1)
    expected = everything(warehouse)
    with warehouse.snapshot():
        warehouse.backup(tmp_path / "it's a backup")
    warehouse.load([_arrival(3, 0)], inbox="a", through=2)
    with closing(DuckWarehouse(tmp_path / "it's a backup")) as restored:
        assert everything(restored) == expected
        assert restored.mark("a") == 1


def test_a_clock_may_be_ten_minutes_behind_another() -> None:
    """What comes later than that is not believed; without a clock everything is."""
    assert latest(1_790_000_000.5) == 1_790_000_600
    assert latest(None) > 100_000_000_000  # the year 5138


def test_migrations_bring_an_older_warehouse_up_to_date(tmp_path: Path) -> None:
    """Each once, in order; where one fails, all is as it was before."""
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
        assert db.execute("SELECT number FROM migrations ORDER BY 1").fetchall() == [(1,), (2,)]
        assert db.execute("SELECT * FROM a").fetchall() == [(1, 5)]


class _Spy:
    """A connection that notes the statements that it is given."""

    def __init__(self, db: duckdb.DuckDBPyConnection, statements: list[str]) -> None:
        self._db = db
        self._statements = statements

    def execute(self, sql: str, *values: object) -> duckdb.DuckDBPyConnection:
        self._statements.append(sql)
        return self._db.execute(sql, *values)

    def close(self) -> None:
        self._db.close()


def test_a_warehouse_is_opened_by_few_statements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a new file gets is in it from then on, and nothing searches a catalog, which costs more than all the rest."""
    statements: list[str] = []
    connect = duckdb.connect
    monkeypatch.setattr(duckdb, "connect", lambda *args, **named: _Spy(connect(*args, **named), statements))
    DuckWarehouse(tmp_path / "w.duckdb").close()
    assert statements.count(migrations()[1]) == 1
    assert not any("duckdb_tables" in sql for sql in statements)
    statements.clear()
    DuckWarehouse(tmp_path / "w.duckdb").close()
    assert [sql.split()[0] for sql in statements] == ["BEGIN", "CREATE", "SELECT", "COMMIT", "SELECT"]


def test_newer_and_foreign_files_are_not_used(tmp_path: Path) -> None:
    """The warehouse opens, says why it cannot be used and what to do, and leaves the file as it was."""
    newer, foreign = tmp_path / "newer.duckdb", tmp_path / "foreign.duckdb"
    with closing(duckdb.connect(str(newer))) as db:
        migrate(db, "newer", {**migrations(), 99: "SELECT 1"})
    with closing(duckdb.connect(str(foreign))) as db:
        db.execute("CREATE TABLE theirs (x INTEGER)")
    for path, says in (
        (newer, r"newer Headcount \(migration 99\): install that one"),
        (foreign, "no warehouse of Headcount's"),
    ):
        with closing(DuckWarehouse(path)) as warehouse:
            with pytest.raises(WarehouseUnavailable, match=says), warehouse.snapshot():
                pass
            with pytest.raises(WarehouseUnavailable, match=says):
                warehouse.load([_arrival(1, 1)], inbox="a", through=1)
            assert not next(iter(warehouse.examine(START))).well
    with closing(duckdb.connect(str(foreign))) as db:
        assert db.execute("SELECT table_name FROM duckdb_tables()").fetchall() == [("theirs",)]


def test_every_change_is_counted_under_the_lock(warehouse: DuckWarehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or a load would take back the count of an erasure, and who was erased would be in an answer from before."""
    held = []
    counted = warehouse._count_change

    def changed(*, corrects: bool) -> None:
        held.append((corrects, warehouse._loading.locked()))
        counted(corrects=corrects)

    monkeypatch.setattr(warehouse, "_count_change", changed)
    monkeypatch.setattr(warehouse.file, "reopen", lambda: True)
    warehouse.mark("a")
    monkeypatch.undo()
    monkeypatch.setattr(warehouse, "_count_change", changed)
    warehouse.load([Arrival(START + 86_400, 1, 1, PROFILES[0])], inbox="a", through=1)
    assert warehouse.keep_time(START) == 1
    assert warehouse.keep_time(START + 3_600) == 0
    warehouse.erase([1], START)
    assert held == [(True, True), (False, True), (True, True), (False, True), (True, True)]
    assert warehouse.generation().corrections == 3


def test_off_the_disk(tmp_path: Path) -> None:
    """After the rewriting neither the pseudonym nor a profile that it alone had is in the file; before it they are."""
    path = tmp_path / "w.duckdb"
    odd = 0x1234567887654321
    number = odd.to_bytes(8, "little")
    with closing(DuckWarehouse(path)) as warehouse:
        others = [_arrival(install * 7919**4 % 2**62, install % 20) for install in range(1, 3000)]
        warehouse.load([*others, _arrival(odd, 5, 9, RARE, stock=odd + 1)], inbox="a", through=1)
    with closing(DuckWarehouse(path)) as warehouse:
        before = path.read_bytes()
        assert number in before
        assert RARE.encode() in before
        warehouse.erase([odd], START + 300 * DAY, "r")
        assert warehouse.receipt("r") == (START + 300 * DAY, None)
        assert not warehouse.holding(odd)
        warehouse.file.connection()
        with warehouse.file.connection() as db:
            db.execute("CHECKPOINT")
        assert RARE.encode() in path.read_bytes()  # a checkpoint is not enough
        with warehouse._changing() as cursor:
            cursor.execute("DELETE FROM tombstones")  # a tombstone is the pseudonym, and has to stay
        warehouse.rewrite(START + 301 * DAY)
        assert warehouse.receipt("r") == (START + 300 * DAY, START + 301 * DAY)
        assert len(rows(warehouse, "FROM sightings")) == len({(one.install, one.received) for one in others})
    after = path.read_bytes()
    assert number not in after
    assert RARE.encode() not in after
    assert list(tmp_path.iterdir()) == [path]


def test_a_warehouse_that_was_closed_stays_closed(tmp_path: Path) -> None:
    """A request that outlives its server does not open the file that another process may own by then."""
    warehouse = DuckWarehouse(tmp_path / "w.duckdb")
    warehouse.close()
    for use in (lambda: warehouse.mark("a"), lambda: warehouse.erase([1], 1)):
        with pytest.raises(WarehouseUnavailable, match="the warehouse is closed"):
            use()
    DuckWarehouse(tmp_path / "w.duckdb").close()
