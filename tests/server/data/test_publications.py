"""Publications as they are kept, and the thread that publishes each week."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from headcount.questions import NotPublished, Publication, _publish
from headcount.server._publishing import publishing
from headcount.server.data.publications import Publications, Withheld
from headcount.warehouse import FloodRule, Warehouse
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.loaded import Fleet, load, sightings
from tests.support.waiting import wait_until

UNTIL = datetime(2026, 10, 31, tzinfo=UTC)
MONDAY = datetime(2026, 10, 26, tzinfo=UTC).timestamp()
WEEK = 7 * 86_400


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    """A small fleet."""
    with load(installs=60, days=500, seed=7, until=UNTIL.date()) as made:
        yield made


@pytest.fixture
def loaded(fleet: Fleet) -> Fleet:
    """The fleet, of which nothing was published."""
    with fleet.warehouse._changing() as cursor:
        cursor.execute("DELETE FROM facts WHERE name LIKE 'published%'")
        cursor.execute("DELETE FROM published")
        cursor.execute("DELETE FROM documents")
    return fleet


class _Before:
    """A warehouse in which something is done just before a week is stored."""

    def __init__(self, warehouse: DuckWarehouse, do: Callable[[], None]) -> None:
        self._warehouse = warehouse
        self._do = do

    def __getattr__(self, name: str) -> Any:
        return getattr(self._warehouse, name)

    def publish(self, *arguments: Any) -> str:
        self._do()
        return self._warehouse.publish(*arguments)


def _settled() -> None:
    """Nothing waits."""


class Clock:
    """A clock that is set."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def test_a_week_is_due_an_hour_after_its_end() -> None:
    """By then its last reports are loaded."""
    clock = Clock(MONDAY)
    publications = Publications(Path("nowhere"), clock)
    assert publications.due() == "2026-W42"
    clock.now = MONDAY + 3600
    assert publications.due() == "2026-W43"
    assert publications.weeks() == []


def test_each_week_is_computed_once(loaded: Fleet, tmp_path: Path) -> None:
    """What is kept is given back, also to another process, with whatever k it asks."""
    clock = Clock(MONDAY + 7200)
    publications = Publications(tmp_path / "p", clock)
    first, new = publications.publish(loaded.warehouse, 5, _settled)
    assert (first.week, new) == ("2026-W43", True)
    with closing(DuckWarehouse(":memory:")) as empty:
        again = Publications(tmp_path / "p", clock)
        assert again.publish(empty, 7, _settled) == (first, False)
        assert again.get() == again.get("2026-W43") == first
    clock.now += WEEK
    second, new = publications.publish(loaded.warehouse, 5, _settled)
    assert (second.week, new) == ("2026-W44", True)
    assert publications.weeks() == ["2026-W44", "2026-W43"]
    assert publications.get() == second
    assert sorted(path.name for path in (tmp_path / "p").iterdir()) == ["2026-W43.json", "2026-W44.json"]
    clock.now -= WEEK  # a clock that was ahead: what is not yet over is not shown
    assert publications.weeks() == ["2026-W43"]


@pytest.mark.ci
def test_a_damaged_file_is_neither_shown_nor_computed_again(
    loaded: Fleet, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The week before is shown; to compute it again would give a second view of the same week."""
    clock = Clock(MONDAY + 7200)
    older, _ = Publications(tmp_path, clock).publish(loaded.warehouse, 5, _settled)
    clock.now += WEEK
    Publications(tmp_path, clock).publish(loaded.warehouse, 5, _settled)
    path = tmp_path / "2026-W44.json"
    os.truncate(path, 100)
    publications = Publications(tmp_path, clock)
    with caplog.at_level(logging.ERROR):
        assert publications.get() == older
        with pytest.raises(ValueError, match="is damaged: put it back from a backup, or wait for the next week"):
            publications.publish(loaded.warehouse, 5, _settled)
        with pytest.raises(NotPublished):
            publications.get("2026-W44")
    assert "the publication of 2026-W44 cannot be read" in caplog.text
    assert path.stat().st_size == 100


@pytest.mark.ci
def test_a_week_that_may_have_been_published_is_not_computed_again(loaded: Fleet, tmp_path: Path) -> None:
    """It would be a second view of the same week. The next week is."""
    clock = Clock(MONDAY + 7200)
    publications = Publications(tmp_path / "p", clock)
    publications.withhold(loaded.warehouse, ())
    for _ in range(2):
        with pytest.raises(Withheld, match="was published before, or may have been"):
            Publications(tmp_path / "p", clock).publish(loaded.warehouse, 5, _settled)
    clock.now += WEEK
    assert publications.publish(loaded.warehouse, 5, _settled)[0].week == "2026-W44"


@pytest.mark.ci
def test_what_a_process_published_is_the_publication_of_all(loaded: Fleet, tmp_path: Path) -> None:
    """Whoever has no file of it gets what is stored, whatever k it asks, and computes no second view of the week.

    So does who computed it at the same time, and was later.
    """
    clock = Clock(MONDAY + 7200)
    here, there, late = (Publications(tmp_path / name, clock) for name in ("here", "there", "late"))
    first: list[Publication] = []

    def meanwhile() -> None:
        first.append(there.publish(loaded.warehouse, 5, _settled)[0])

    found, new = here.publish(cast("Warehouse", _Before(loaded.warehouse, meanwhile)), 7, _settled)
    assert (found, new) == (first[0], False)
    late.follow(loaded.warehouse)
    assert late.get() == first[0]
    assert late.publish(loaded.warehouse, 9, _settled) == (first[0], False)


@pytest.mark.soak
def test_a_table_that_is_published_keeps_its_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of the months is the same until the next month is over, also where a file between is damaged."""
    monkeypatch.setattr(_publish, "FEW", 0)  # or a fleet of this size would have no table of months
    clock = Clock(MONDAY - 2 * WEEK + 7200)
    publications, published = Publications(tmp_path, clock), []
    with load(installs=60, days=500, seed=7, until=UNTIL.date()) as fleet:
        fleet.warehouse.floods = FloodRule(floor=50)  # ten newcomers a day are no flood
        for week in range(4):
            newcomers = range(1000 + 10 * week, 1010 + 10 * week)
            monday = datetime.fromtimestamp(clock.now - WEEK, UTC).date()
            days = (date(2026, 5, 5), monday, monday + timedelta(days=1))
            fleet.warehouse.load(sightings(newcomers, *days), inbox="import", through=week)
            published.append(publications.publish(fleet.warehouse, 5, _settled)[0])
            if week:
                os.truncate(tmp_path / f"{publications.due()}.json", 100)
                publications = Publications(tmp_path, clock)
            clock.now += WEEK
    assert [made.computed for made in published] == ["2026-W41", "2026-W42", "2026-W43", "2026-W44"]
    months = [made.table("installs", "month") for made in published]
    assert [table.until.isoformat() for table in months] == ["2026-09-30"] * 3 + ["2026-10-31"]
    assert months[0] == months[1] == months[2]


def test_the_server_publishes_each_week_once_its_reports_are_loaded(loaded: Fleet, tmp_path: Path) -> None:
    """Not while the clock is not trusted, nor before what waits is loaded; the next one when the next week is over."""
    clock = Clock(MONDAY + 7200)
    publications = Publications(tmp_path / "p", clock)
    settled = threading.Event()
    asked = threading.Event()

    def settle() -> None:
        asked.set()
        settled.wait()

    trusted = threading.Event()
    with publishing(publications, loaded.warehouse, 5, settle, trusted=trusted.is_set, pause=0.01):
        assert not asked.wait(0.1)
        trusted.set()
        assert asked.wait(30)
        assert publications.weeks() == []
        settled.set()
        wait_until(lambda: publications.weeks() == ["2026-W43"], "the week was published")
        clock.now += WEEK
        wait_until(lambda: len(publications.weeks()) == 2, "the next week was published")
