"""What is wrong with DuckDB's file, and not with what waits: that waits. And what only its statements find in a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from headcount.contract import Arrival
from headcount.ingest import Inbox
from headcount.warehouse import Loader, Unloadable, WarehouseUnavailable
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.contents import rows, table
from tests.support.loaded import empty_warehouse
from tests.support.tables import PROFILES, START, day_of

NOW = START + 200 * 86_400
GOOD = Arrival(START, 1, 1, PROFILES[0])
# A class for which `full_of_classes` has no number: nothing but the load itself finds that out.
TOO_MANY = b'{"level":"basic","plugins":[["zqx.More",1]],"sender":"stock"}'


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    """An empty inbox."""
    with closing(Inbox(tmp_path / "a.sqlite")) as made:
        yield made


@pytest.fixture
def warehouse() -> Iterator[DuckWarehouse]:
    """An empty warehouse in memory."""
    with empty_warehouse() as opened:
        yield opened


@pytest.fixture
def full_of_classes(warehouse: DuckWarehouse) -> DuckWarehouse:
    """A warehouse that has given away all numbers of classes, one of them to the class that `GOOD` names."""
    with warehouse.file.transaction() as cursor:
        cursor.execute("INSERT INTO classes VALUES (3, 'buildbot.steps.source.git.Git', 'step')")
        cursor.execute("INSERT INTO classes SELECT n, 'zqx.C' || n, 'other' FROM range(4, 65536) AS all_others(n)")
    return warehouse


@pytest.mark.ci
def test_what_is_the_warehouses_is_no_damage(inbox: Inbox, tmp_path: Path) -> None:
    """Closed, of another shape, or so that nothing can be loaded into it: the rows wait until it is mended."""
    path = tmp_path / "warehouse.duckdb"
    inbox.append([GOOD, GOOD._replace(received=-1)])
    with closing(DuckWarehouse(path)) as warehouse:
        loader = Loader(warehouse, [inbox], lambda: NOW)
        for breaks, mends in (
            ("ALTER TABLE daily RENAME TO gone", "ALTER TABLE gone RENAME TO daily"),
            ("ALTER TABLE drops ADD COLUMN more INTEGER", "ALTER TABLE drops DROP COLUMN more"),
            ("INSERT INTO facts VALUES ('held since', 'zqx')", "DELETE FROM facts WHERE name = 'held since'"),
        ):
            with warehouse.file.transaction() as cursor:
                cursor.execute(breaks)
            with pytest.raises((WarehouseUnavailable, duckdb.Error)):
                loader.load()
            assert len(inbox.waiting(0, 10).arrivals) == 2
            with warehouse.file.transaction() as cursor:
                cursor.execute(mends)
        assert table(warehouse, "drops") == []
    with pytest.raises(WarehouseUnavailable, match="closed"):
        loader.load()
    assert len(inbox.waiting(0, 10).arrivals) == 2
    with closing(DuckWarehouse(path)) as warehouse:
        assert Loader(warehouse, [inbox], lambda: NOW).load() == 2
        assert len(table(warehouse, "drops")) == 1


def test_no_report_is_dropped_for_a_damaged_row_of_the_warehouse(inbox: Inbox, warehouse: DuckWarehouse) -> None:
    """All wait until it is mended, though a note of damage, which has no sighting, could be loaded past it."""
    warehouse.load([GOOD, GOOD._replace(received=START + 9, install=4, stock=1)], inbox="b", through=1, now=NOW)
    inbox.append([GOOD._replace(received=START + day * 86_400) for day in range(1, 5)])
    inbox.append([GOOD._replace(install=4, stock=1)])
    with warehouse.file.transaction() as cursor:
        cursor.execute("INSERT INTO origins VALUES (2, 1, 9000000000000000000, 1, NULL)")
    with pytest.raises(WarehouseUnavailable):
        Loader(warehouse, [inbox], lambda: NOW).load()
    assert len(inbox.waiting(0, 10).arrivals) == 5
    with warehouse.file.transaction() as cursor:
        cursor.execute("DELETE FROM origins WHERE install = 2")
    assert Loader(warehouse, [inbox], lambda: NOW).load() == 5
    assert rows(warehouse, "SELECT count(DISTINCT day) FROM sightings WHERE install = 1") == [(5,)]
    assert table(warehouse, "drops") == []


@pytest.mark.ci
def test_a_process_that_ends_while_it_halves_counts_nothing_twice(
    inbox: Inbox, full_of_classes: DuckWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mark stays until the last part is loaded; the next process begins with all of them."""
    warehouse = full_of_classes
    bad = GOOD._replace(install=3, profile=9, content=TOO_MANY)
    inbox.append([GOOD._replace(report=7), GOOD._replace(install=2), bad, GOOD._replace(install=4)])
    real, loads = warehouse.load, 0

    class Ended(BaseException):
        pass

    def load(arrivals: Sequence[Arrival], **named: Any) -> None:
        nonlocal loads
        real(arrivals, **named)
        loads += 1
        if loads == 2:
            raise Ended

    with monkeypatch.context() as patched:
        patched.setattr(warehouse, "load", load)
        with pytest.raises(Ended):
            Loader(warehouse, [inbox], lambda: NOW).load()
    assert (warehouse.mark(inbox.name), len(inbox.waiting(0, 10).arrivals)) == (0, 4)
    assert Loader(warehouse, [inbox], lambda: NOW).load() == 4
    assert table(warehouse, "sightings", "install") == [(1,), (2,), (4,)]
    assert table(warehouse, "drops", "day", "kind") == [(day_of(START), "damaged")]
    assert warehouse.mark(inbox.name) == 4


@pytest.mark.ci
def test_the_rest_of_a_batch_is_not_tried_where_the_warehouse_fails_in_the_middle(
    inbox: Inbox, full_of_classes: DuckWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is raised there is raised, and no row is thrown away for it."""
    warehouse = full_of_classes
    real = warehouse.load

    def load(arrivals: Sequence[Arrival], **named: Any) -> None:
        if len(arrivals) == 1:
            raise WarehouseUnavailable("no space left on device")
        real(arrivals, **named)

    monkeypatch.setattr(warehouse, "load", load)
    inbox.append([GOOD, GOOD._replace(install=3, profile=9, content=TOO_MANY)])
    with pytest.raises(WarehouseUnavailable, match="no space"):
        Loader(warehouse, [inbox], lambda: NOW).load()
    assert len(inbox.waiting(0, 10).arrivals) == 2
    assert table(warehouse, "drops", "day", "kind") == []


@pytest.mark.ci
def test_a_batch_says_that_it_cannot_be_loaded(full_of_classes: DuckWarehouse) -> None:
    """By a kind of failure of its own, and nothing of what was sent is in it."""
    warehouse = full_of_classes
    with pytest.raises(Unloadable, match=r"^[A-Za-z]+$"):
        warehouse.load([GOOD, GOOD._replace(profile=9, content=TOO_MANY)], inbox="a", through=1)
    assert table(warehouse, "sightings") == []
