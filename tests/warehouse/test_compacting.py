"""The file is rewritten when it grew: smaller, and the same in every answer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random

import pytest

from headcount.contract import Profile, vocabulary
from headcount.ingest import Arrival
from headcount.warehouse import DuckWarehouse
from headcount.warehouse import _copying as copying

DAY = 86_400
NOW = 1_767_225_600.0
START = 1_735_689_600  # 1 January 2025
_TABLES = ("sightings", "month", "latest", "first", "births", "daily", "profiles", "reports", "marks", "migrations")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A warehouse of 60,000 reports in a year, in batches by time; one that is rewritten when it grew by a megabyte."""
    monkeypatch.setattr(copying, "_LEAST", 1 << 20)
    place = tmp_path / "warehouse.duckdb"
    with closing(DuckWarehouse(place)) as warehouse:
        for number, batch in enumerate(_batches()):
            warehouse.load(batch, inbox="a", through=number)
    return place


def _batches() -> Iterator[list[Arrival]]:
    content = Profile("stock", "basic", buildbot=vocabulary().newest).canonical()
    chance = Random(1)
    installs, profiles = ([chance.getrandbits(63) for _ in range(count)] for count in (2_000, 40))
    for batch in range(12):
        span = range(START + batch * 30 * DAY, START + (batch + 1) * 30 * DAY)
        times = sorted(chance.sample(span, 5_000))
        yield [
            Arrival(
                time, install, profiles[install % 40], content, report=chance.getrandbits(63) if time % 10 == 0 else 0
            )
            for time in times
            for install in [chance.choice(installs)]
        ]


def _held(warehouse: DuckWarehouse) -> dict[str, list[tuple[object, ...]]]:
    with warehouse.snapshot() as snapshot:
        return {table: sorted(snapshot.query(f"SELECT * FROM {table}", {}), key=repr) for table in _TABLES}


def test_a_file_that_grew_is_made_small(path: Path) -> None:
    """All rows are the same, the file is smaller, and it is not done again before it grew again."""
    before = path.stat().st_size
    with closing(DuckWarehouse(path)) as warehouse:
        held = _held(warehouse)
        assert len(held["sightings"]) > 50_000
        assert warehouse.compact(NOW)
        assert _held(warehouse) == held
        assert not warehouse.compact(NOW)
    assert path.stat().st_size < before - (1 << 19)
    assert sorted(file.name for file in path.parent.iterdir()) == [path.name]
    with closing(DuckWarehouse(path)) as warehouse:
        assert _held(warehouse) == held
        assert not warehouse.compact(NOW)


def test_what_comes_after_it_is_loaded_as_before(path: Path) -> None:
    """A sighting of an old day, which stands among the rows by installation, is found and replaced."""
    with closing(DuckWarehouse(path)) as warehouse:
        assert warehouse.compact(NOW)
        ((install, profile),) = _rows(warehouse, "SELECT install, profile FROM sightings ORDER BY last LIMIT 1")
        content = Profile("stock", "basic", buildbot=vocabulary().newest).canonical()
        count = _rows(warehouse, "SELECT count(*) FROM sightings")
        for _ in range(2):
            late = Arrival(START + DAY - 1, int(str(install)), int(str(profile)), content)
            warehouse.load([late], inbox="a", through=99)
        (found,) = _rows(warehouse, f"SELECT max(last) FROM sightings WHERE install = {install} AND day = '2025-01-01'")
        assert found == (START + DAY - 1,)
        assert _rows(warehouse, "SELECT count(*) FROM sightings") in (count, [(int(str(count[0][0])) + 1,)])
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


def test_what_cannot_be_written_is_tried_again_when_it_grew(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Not at each turn, since each takes long; and the warehouse goes on as it was."""
    blocked = path.with_name(path.name + ".rewritten.partial")
    with closing(DuckWarehouse(path)) as warehouse:
        held = _held(warehouse)
        blocked.mkdir()
        assert not warehouse.compact(NOW)
        blocked.rmdir()
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert not warehouse.compact(NOW)
        assert _held(warehouse) == held
    with closing(DuckWarehouse(path)) as warehouse:
        assert warehouse.compact(NOW)


def test_the_ids_of_reports_go_sooner_than_sightings(path: Path) -> None:
    """After 90 days a report is not sent again, and its id would take as much room as what it said."""
    now = START + 360 * DAY
    with closing(DuckWarehouse(path)) as warehouse:
        sightings = _rows(warehouse, "SELECT count(*) FROM sightings")
        assert not warehouse.expire(date(2024, 1, 1), now)
        ((oldest,),) = _rows(warehouse, "SELECT min(day) FROM reports")
        assert oldest == date(2025, 9, 28)
        assert _rows(warehouse, "SELECT count(*) FROM sightings") == sightings


def _rows(warehouse: DuckWarehouse, sql: str) -> list[tuple[object, ...]]:
    with warehouse.snapshot() as snapshot:
        return snapshot.query(sql, {})
