"""Publications as they are kept, and the thread that publishes each week."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from headcount.questions import NotPublished
from headcount.server._publications import Publications, publishing
from headcount.warehouse import DuckWarehouse
from tests.support.loaded import Fleet, load
from tests.support.waiting import wait_until

UNTIL = datetime(2026, 10, 31, tzinfo=UTC)
MONDAY = datetime(2026, 10, 26, tzinfo=UTC).timestamp()
WEEK = 7 * 86_400


@pytest.fixture(scope="module")
def loaded() -> Iterator[Fleet]:
    """A small fleet."""
    with load(installs=60, days=500, seed=7, until=UNTIL.date()) as made:
        yield made


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


def test_the_server_publishes_each_week_once_its_reports_are_loaded(loaded: Fleet, tmp_path: Path) -> None:
    """Not before what waits is loaded; the next one when the next week is over."""
    clock = Clock(MONDAY + 7200)
    publications = Publications(tmp_path / "p", clock)
    settled = threading.Event()
    asked = threading.Event()

    def settle() -> None:
        asked.set()
        settled.wait()

    with publishing(publications, loaded.warehouse, 5, settle, pause=0.01):
        assert asked.wait(30)
        assert publications.weeks() == []
        settled.set()
        wait_until(lambda: publications.weeks() == ["2026-W43"], "the week was published")
        clock.now += WEEK
        wait_until(lambda: len(publications.weeks()) == 2, "the next week was published")
