"""The warehouse in the process."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.contract import Arrival, Profile, Release
from headcount.warehouse import DuckWarehouse, WarehouseInUse
from headcount.warehouse.duckdb._migrations import migrate, migrations

RELEASES = [Release(0, 9, 0), Release(4, 3, 0), None]
PROFILES = [Profile("stock", "basic", buildbot=release).canonical() for release in RELEASES]
START = 1_767_225_600  # 2026-01-01
NEVER = date(2100, 1, 1)
ORIGINS = {5: 1, 6: 1, 7: 2, 8: 9}  # installations with a secret, and their stock pseudonyms
ARRIVALS = st.builds(
    lambda install, when, profile: Arrival(
        START + when, install, profile + 1, PROFILES[profile], stock=ORIGINS.get(install, 0)
    ),
    st.integers(1, 8),
    st.one_of(st.integers(0, 100 * 86_400), st.integers(0, 6 * 86_400)),
    st.integers(0, 2),
)


@pytest.fixture
def warehouse() -> Iterator[DuckWarehouse]:
    """An empty warehouse in memory."""
    with closing(DuckWarehouse(":memory:")) as made:
        yield made


def _rows(warehouse: DuckWarehouse, sql: str) -> list[tuple[object, ...]]:
    with warehouse.snapshot() as snapshot:
        return snapshot.query(sql, {})


def _everything(warehouse: DuckWarehouse) -> dict[str, list[tuple[object, ...]]]:
    """The tables, but for how a moment is kept: `last` says it."""
    tables = "profiles sightings month latest first births moved daily origins reports anonymous drops"
    shown = dict.fromkeys(("sightings", "month"), "* EXCLUDE (second)")
    return {
        table: sorted(_rows(warehouse, f"SELECT {shown.get(table, '*')} FROM {table}"), key=repr)
        for table in tables.split()
    }


def _day(received: int) -> date:
    return datetime.fromtimestamp(received, UTC).date()


def _expected(arrivals: Sequence[Arrival]) -> dict[str, set[tuple[object, ...]]]:
    """The tables, from the arrivals, the plain way."""
    sightings: dict[tuple[int, date, int], int] = {}
    for one in arrivals:
        key = (one.install, _day(one.received), one.profile)
        sightings[key] = max(one.received, sightings.get(key, 0))
    month: dict[tuple[date, int], list[tuple[int, int, date]]] = defaultdict(list)
    runs: dict[tuple[int, int], set[date]] = defaultdict(set)
    days: dict[int, list[date]] = {}
    for (install, day, profile), last in sightings.items():
        month[day.replace(day=1), install].append((last, profile, day))
        release = RELEASES[profile - 1]
        runs[install, release.number if release else 0].add(day)
        days[install] = sorted({*days.get(install, []), day})
    origins = {one.install: one.stock for one in arrivals if one.stock}
    births = {
        install: (seen[0], seen[1] if seen[1:] else NEVER, min(seen[0], days.get(origins.get(install, 0), seen)[0]))
        for install, seen in days.items()
    }
    moved: dict[int, tuple[int, date, date]] = {}
    for install, stock in sorted(origins.items(), key=lambda pair: (births[pair[0]][1], pair[0])):
        second = births[install][1]
        if second < NEVER and stock not in moved:
            moved[stock] = (install, second, min((day for day in days.get(stock, []) if day > second), default=NEVER))
    counted = {(day, install) for install, day, _ in sightings if moved.get(install, (0, NEVER, 0))[1] != day}
    return {
        "sightings": {(*key, last) for key, last in sightings.items()},
        "month": {(*key, max(seen)[1], len({day for _, _, day in seen}), max(seen)[0]) for key, seen in month.items()},
        "latest": {
            (
                install,
                *max((last, profile) for (other, _, profile), last in sightings.items() if other == install)[::-1],
            )
            for install in days
        },
        "first": {(*run, min(seen), max(seen)) for run, seen in runs.items()},
        "births": {(install, *born) for install, born in births.items()},
        "moved": {(stock, *move) for stock, move in moved.items()},
        "daily": {
            (
                day,
                sum(other == day for other, _ in counted),
                sum(other == day == births[install][2] for other, install in counted),
            )
            for day, _ in counted
        },
    }


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
        loaded = _everything(warehouse)
        expected = _expected([one for batch in batches for one in batch])
        for table, rows in expected.items():
            assert set(loaded[table]) == rows
            assert len(loaded[table]) == len(rows)
        warehouse.rebuild()
        assert _everything(warehouse) == loaded


def test_a_load_is_all_or_nothing(warehouse: DuckWarehouse) -> None:
    """Rows and mark are one transaction: what fails half-way leaves no trace, and can be loaded again."""
    good = Arrival(START, 1, 1, PROFILES[0])
    with pytest.raises(duckdb.Error, match="-1"):
        warehouse.load([good], inbox="a", through=-1)  # the last thing that a load writes
    assert warehouse.mark("a") == 0
    assert all(not rows for rows in _everything(warehouse).values())
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
    assert _rows(warehouse, "SELECT count(*) FROM sightings") == [(2,)]


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
                [one.install, _day(one.received), one.profile, one.received],
            )
    with closing(DuckWarehouse(path)) as migrated, closing(DuckWarehouse(":memory:")) as loaded:
        loaded.load(arrivals, inbox="a", through=1)
        for table in ("month", "latest", "first", "births"):
            assert _everything(migrated)[table] == _everything(loaded)[table]
        migrated.rebuild()
        assert _everything(migrated) == _everything(loaded)


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
