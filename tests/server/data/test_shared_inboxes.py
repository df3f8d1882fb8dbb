"""Inboxes over a warehouse into which several processes load, each its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from headcount.contract import Arrival, Profile
from headcount.ingest import Inbox
from headcount.server.data.directory import DataDirectory, open_directory
from headcount.server.data.inboxes import SharedInboxes
from headcount.warehouse import Loader
from headcount.warehouse.duckdb import DuckWarehouse

START = 1_790_000_000


@pytest.fixture
def warehouse() -> Iterator[DuckWarehouse]:
    """Into which all load."""
    with closing(DuckWarehouse(":memory:", threads=1)) as opened:
        yield opened


def _arrivals(*installs: int) -> list[Arrival]:
    return [Arrival(START, install, 1, Profile("headcount", "basic").canonical()) for install in installs]


def _load(data: DataDirectory, warehouse: DuckWarehouse, *own: Inbox) -> int:
    """Load as a process does that was started now."""
    return Loader(warehouse, SharedInboxes(data, own, own)).load()


def _seen(warehouse: DuckWarehouse) -> list[int]:
    with warehouse.snapshot() as snapshot:
        return [install for (install,) in snapshot.query("SELECT install FROM births ORDER BY install", {})]


def test_a_directory_that_was_copied_loses_nothing(tmp_path: Path, warehouse: DuckWarehouse) -> None:
    """Rows of both copies have the same numbers, under the same name; what waits in both is there once."""
    one = open_directory(tmp_path / "one", create=True)
    with closing(Inbox(one.inbox("ingest-1"), owner=True)) as inbox:
        inbox.append(_arrivals(1, 2))
        _load(one, warehouse, inbox)
        inbox.append(_arrivals(3))
    other = DataDirectory(shutil.copytree(one.path, tmp_path / "other"))
    with ExitStack() as stack:
        here, there = (stack.enter_context(closing(Inbox(data.inbox("ingest-1"), owner=True))) for data in (one, other))
        assert here.name == there.name
        here.append(_arrivals(4, 5, 6))
        _load(one, warehouse, here)
        there.append(_arrivals(7, 8))
        assert _load(other, warehouse, there) == 3
        assert not here.waits
        assert not there.waits
    assert _seen(warehouse) == [1, 2, 3, 4, 5, 6, 7, 8]
    with warehouse.snapshot() as snapshot:
        assert snapshot.query("SELECT count(*) FROM sightings", {}) == [(8,)]


def test_each_loads_its_own_and_what_nobody_writes_to(tmp_path: Path, warehouse: DuckWarehouse) -> None:
    """What another process writes to is left to it, as long as it runs."""
    data = open_directory(tmp_path / "data", create=True)
    with ExitStack() as stack:
        inboxes = []
        for install, name in enumerate(("serve", "ingest-1", "ingest-2"), 1):
            inboxes.append(stack.enter_context(closing(Inbox(data.inbox(name), owner=True))))
            inboxes[-1].append(_arrivals(install))
        with data.inbox_name() as taken:
            assert taken == "ingest-1"
            loader = Loader(warehouse, SharedInboxes(data, inboxes, inboxes[:1]))
            assert loader.load() == 2
            assert _seen(warehouse) == [1, 3]
            assert Loader(warehouse, SharedInboxes(data, inboxes[1:2], inboxes[1:2])).load() == 1
        assert _seen(warehouse) == [1, 2, 3]
        inboxes[1].append(_arrivals(4))
        assert loader.load() == 1  # it has ended, and what it left is not lost
