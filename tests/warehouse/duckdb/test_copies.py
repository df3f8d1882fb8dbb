"""The file is rewritten when it grew: smaller, and the same in every answer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random

import pytest

from headcount.contract import REPEAT, Arrival, Name, Profile, vocabulary
from headcount.warehouse import FloodRule, WarehouseUnavailable
from headcount.warehouse.duckdb import DuckWarehouse
from headcount.warehouse.duckdb import _copies as copying
from tests.support.disks import disk

DAY = 86_400
NOW = 1_767_225_600.0
START = 1_735_689_600  # 1 January 2025
_CONTENT = Profile(
    "stock", "basic", buildbot=vocabulary().newest, plugins=((Name("buildbot.steps.source.git.Git"), 1),)
).canonical()
_ITS_OWN = ("rewritten", "rewritten at")  # facts that a rewrite notes


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of 60,000 reports in a year, in batches by time."""
    place = tmp_path_factory.mktemp("loaded") / "warehouse.duckdb"
    with closing(DuckWarehouse(place)) as warehouse:
        for number, batch in enumerate(_batches()):
            warehouse.load(batch, inbox="a", through=number)
    return place


@pytest.fixture
def path(loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, that is rewritten when it grew by a megabyte."""
    monkeypatch.setattr(copying, "_LEAST", 1 << 20)
    return Path(shutil.copyfile(loaded, tmp_path / "warehouse.duckdb"))


def _batches() -> Iterator[list[Arrival]]:
    chance = Random(1)
    installs, profiles = ([chance.getrandbits(63) for _ in range(count)] for count in (2_000, 40))
    for batch in range(12):
        span = range(START + batch * 30 * DAY, START + (batch + 1) * 30 * DAY)
        times = sorted(chance.sample(span, 5_000))
        yield [
            Arrival(
                time, install, profiles[install % 40], _CONTENT, report=chance.getrandbits(63) if time % 10 == 0 else 0
            )
            for time in times
            for install in [chance.choice(installs)]
        ]


def _in_every_table(warehouse: DuckWarehouse) -> None:
    """Let there be rows in those too that plain reports leave empty."""
    last, secret = START + 361 * DAY, 7
    warehouse.floods = FloodRule(floor=10)
    warehouse.load([Arrival(START - DAY, secret, 1, _CONTENT)], inbox="b", through=1)
    warehouse.load([Arrival(START, secret, 1, _CONTENT)], inbox="b", through=2)
    assert warehouse.expire(date(2025, 1, 1), date(2024, 1, 1))
    made_up = range(100, 300)  # more than a fleet of 2,000 lets expect
    arrivals = [Arrival(last + day * DAY, 8, 1, _CONTENT, stock=secret) for day in range(2)]
    arrivals += [Arrival(last + day * DAY, install, 1, _CONTENT) for install in made_up for day in range(2)]
    arrivals.append(Arrival(last, 6, 1, _CONTENT, crowded=True))
    arrivals.append(Arrival(last, 0, 1, _CONTENT, what="anonymous"))
    arrivals.append(Arrival(last, 5, 0, b"", what="dropped: not JSON"))
    arrivals.append(Arrival(last + 90 * DAY, 9, 1, _CONTENT))
    arrivals.append(
        Arrival(last - last % DAY + 60, 11, 1, _CONTENT, what=REPEAT)
    )  # the report that it repeats is missing
    warehouse.load(arrivals, inbox="b", through=3, now=last + 2 * DAY)
    warehouse.keep_time(last + 2 * DAY)
    warehouse.publish("2025-W50", "{}", {secret: 1})
    warehouse.erase([10], last, "receipt")


def _held(warehouse: DuckWarehouse) -> dict[str, list[tuple[object, ...]]]:
    with warehouse.snapshot() as snapshot:
        tables = [
            str(name) for (name,) in snapshot.query("SELECT table_name FROM duckdb_tables() WHERE NOT temporary", {})
        ]
        held = {table: sorted(snapshot.query(f"SELECT * FROM {table}", {}), key=repr) for table in tables}
    return {**held, "facts": [fact for fact in held["facts"] if fact[0] not in _ITS_OWN]}


@pytest.mark.ci
def test_a_file_that_grew_is_made_small(path: Path) -> None:
    """All rows are the same, the file is smaller, and it is not done again before it grew again."""
    with closing(DuckWarehouse(path)) as warehouse:
        _in_every_table(warehouse)
        held = _held(warehouse)
        assert [table for table, rows in held.items() if not rows] == []
        assert len(held["sightings"]) > 50_000
    before = path.stat().st_size
    with closing(DuckWarehouse(path)) as warehouse:
        assert warehouse.compact(NOW)
        assert _held(warehouse) == held
        assert not warehouse.compact(NOW)
    assert path.stat().st_size < before - (1 << 19)
    assert sorted(file.name for file in path.parent.iterdir()) == [path.name]
    with closing(DuckWarehouse(path)) as warehouse:
        assert _held(warehouse) == held
        assert not warehouse.compact(NOW)


@pytest.mark.ci
def test_what_comes_after_it_is_loaded_as_before(path: Path) -> None:
    """A sighting of an old day, which stands among the rows by installation, is found and replaced."""
    with closing(DuckWarehouse(path)) as warehouse:
        assert warehouse.compact(NOW)
        ((install, profile),) = _rows(warehouse, "SELECT install, profile FROM sightings ORDER BY last LIMIT 1")
        count = _rows(warehouse, "SELECT count(*) FROM sightings")
        for _ in range(2):
            late = Arrival(START + DAY - 1, int(str(install)), int(str(profile)), _CONTENT)
            warehouse.load([late], inbox="a", through=99)
        (found,) = _rows(warehouse, f"SELECT max(last) FROM sightings WHERE install = {install} AND day = '2025-01-01'")
        assert found == (START + DAY - 1,)
        assert _rows(warehouse, "SELECT count(*) FROM sightings") == count
        held = _held(warehouse)
        warehouse.rebuild()
        assert _held(warehouse) == held


def test_not_twice_a_day(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much comes: a history that is loaded at once is rewritten at its end."""
    with closing(DuckWarehouse(path)) as warehouse:
        assert warehouse.compact(NOW)
        monkeypatch.setattr(copying, "_LEAST", -1)
        monkeypatch.setattr(copying, "GROWTH", -1.0)
        assert not warehouse.compact(NOW + DAY - 1)
        assert warehouse.compact(NOW + DAY)


def test_a_warehouse_in_memory_has_no_file() -> None:
    """There is nothing to do."""
    with closing(DuckWarehouse(":memory:")) as warehouse:
        assert not warehouse.compact(NOW)


def test_a_full_disk_is_left_as_it_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a rewrite there must be room for a second file."""
    usage = shutil.disk_usage(path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=path.stat().st_size))
    before = path.stat().st_ino
    with closing(DuckWarehouse(path)) as warehouse:
        assert not warehouse.compact(NOW)
    assert path.stat().st_ino == before


def test_a_copy_without_room_is_not_begun(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is one for a backup or an erasure: it would take the room that reports on their way in need."""
    usage = shutil.disk_usage(path)
    with closing(DuckWarehouse(path)) as warehouse:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1 << 20))
        with pytest.raises(OSError, match="No space left"):
            warehouse.rewrite(NOW)
        with pytest.raises(OSError, match="No space left"):
            warehouse.backup(path.with_name("backup"))
        assert [file.name for file in path.parent.iterdir() if file.suffix != ".wal"] == [path.name]
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
        warehouse.rewrite(NOW)
        warehouse.backup(path.with_name("backup"))


def test_what_cannot_be_written_is_tried_again_when_it_grew(
    path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at each turn, since each takes long; and the warehouse goes on as it was."""
    with closing(DuckWarehouse(path)) as warehouse:
        held = _held(warehouse)
        with monkeypatch.context() as failing:
            failing.setitem(copying._ORDERS, "sightings", "error('no order')")
            assert not warehouse.compact(NOW)
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert not warehouse.compact(NOW)
        assert _held(warehouse) == held
        monkeypatch.setattr(copying, "_LEAST", -1)
        monkeypatch.setattr(copying, "GROWTH", -1.0)
        assert warehouse.compact(NOW)
        assert _held(warehouse) == held


def test_a_copy_that_fails_stands_in_no_other_ones_way(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What went wrong is said, nothing is left behind, and the same warehouse is backed up, and erased from the disk."""
    backup = path.with_name("backup")
    with closing(DuckWarehouse(path)) as warehouse:
        held = _held(warehouse)
        with monkeypatch.context() as failing:
            failing.setitem(copying._ORDERS, "sightings", "error('no order')")
            with pytest.raises(WarehouseUnavailable, match="no order"):
                warehouse.backup(backup)
            with pytest.raises(WarehouseUnavailable, match="no order"):
                warehouse.rewrite(NOW)
        assert len(_rows(warehouse, "FROM duckdb_databases() WHERE NOT internal")) == 1
        assert [file.name for file in path.parent.iterdir() if file.suffix != ".wal"] == [path.name]
        warehouse.backup(backup)
        ((install,),) = _rows(warehouse, "SELECT min(install) FROM sightings")
        warehouse.erase([int(str(install))], int(NOW), "receipt")
        warehouse.rewrite(NOW)
        assert warehouse.receipt("receipt") == (NOW, NOW)
    with closing(DuckWarehouse(backup)) as copied:
        assert _held(copied) == held


def test_a_disk_that_fills_up_meanwhile(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others write too: where the room is gone in the middle of a copy, the next one goes well once it is back."""
    monkeypatch.setattr(copying, "_ask_for_room", lambda *_: None)
    with disk(tmp_path / "disk", 64) as full:
        moved = shutil.copy(path, full.path)
        with closing(DuckWarehouse(moved)) as warehouse:
            held = _held(warehouse)
            full.fill(1 << 20)
            with pytest.raises((OSError, WarehouseUnavailable), match="No space left"):
                warehouse.backup(full.path / "backup")
            with pytest.raises((OSError, WarehouseUnavailable), match="No space left"):
                warehouse.rewrite(NOW)
            assert full.free() >= 1 << 19
            full.empty()
            warehouse.backup(full.path / "backup")
            warehouse.rewrite(NOW)
            assert _held(warehouse) == held


def test_the_ids_of_reports_go_sooner_than_sightings(path: Path) -> None:
    """After 90 days a report is not sent again, and its id would take as much room as what it said."""
    with closing(DuckWarehouse(path)) as warehouse:
        sightings = _rows(warehouse, "SELECT count(*) FROM sightings")
        assert not warehouse.expire(date(2024, 1, 1), date(2025, 9, 28))
        ((oldest,),) = _rows(warehouse, "SELECT min(day) FROM reports")
        assert oldest == date(2025, 9, 28)
        assert _rows(warehouse, "SELECT count(*) FROM sightings") == sightings


def _rows(warehouse: DuckWarehouse, sql: str) -> list[tuple[object, ...]]:
    with warehouse.snapshot() as snapshot:
        return snapshot.query(sql, {})
