"""Several processes on one warehouse: each has an object of its own, in a thread of its own."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

import pytest

from headcount.contract import Arrival, Name, Profile
from headcount.warehouse import Generation, Warehouse
from headcount.warehouse.clickhouse import Address, ClickHouseWarehouse
from headcount.warehouse.clickhouse._snapshot import ClickHouseSnapshot
from tests.support.contents import Contents, contents, contents_of, table
from tests.support.engines import duckdb
from tests.support.engines.databases import Databases
from tests.support.engines.interruptions import batch
from tests.support.tables import START


@pytest.fixture
def address(each_clickhouse: Databases) -> Iterator[Address]:
    """Where nothing is yet."""
    address = each_clickhouse.new()
    yield address
    each_clickhouse.give_back(address.database)


@contextmanager
def _reading(warehouse: ClickHouseWarehouse, seen: list[tuple[int, Contents]]) -> Iterator[None]:
    """Take snapshots beside what is done, each of all tables: of which version it says that it is, and what it shows."""
    stop = threading.Event()
    failed: list[BaseException] = []

    def read() -> None:
        try:
            while not stop.is_set():
                with warehouse.snapshot() as snapshot:
                    assert isinstance(snapshot, ClickHouseSnapshot)
                    seen.append((snapshot.state.version, contents_of(snapshot)))
        except Exception as error:  # noqa: BLE001  # the test itself raises it
            failed.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    assert not failed


@pytest.mark.ci
def test_a_reader_beside_sees_whole_states(each_clickhouse: Databases, address: Address) -> None:
    """Every snapshot is what was there once the version was committed that it names, over all tables, whatever goes on."""
    rng = random.Random(3)
    seen: list[tuple[int, Contents]] = []
    states: dict[int, Contents] = {}
    with (
        closing(ClickHouseWarehouse(address, connect=each_clickhouse.opens)) as loader,
        closing(ClickHouseWarehouse(address, connect=each_clickhouse.opens)) as reader,
        _reading(reader, seen),
    ):
        for through in range(1, 7):
            loader.load(batch(rng, 20), inbox="a", through=through)
            states[loader.generation().data] = contents(loader)
        loader.erase([1, 5], START + 3 * 86_400)
        states[loader.generation().data] = contents(loader)
    compared = [(version, shown) for version, shown in seen if version in states]
    assert len({version for version, _ in compared}) > 1
    for version, shown in compared:
        assert shown == states[version], version


def _said(process: int, number: int) -> Arrival:
    """A report of an installation, of a class that nobody else names."""
    profile = Profile("stock", "basic", plugins=((Name(f"buildbot.p{process}.Class{number}"), 0),))
    key = 100 * process + number + 1
    return Arrival(START + number * 86_400, key, key, profile.canonical())


def _load_all(each_clickhouse: Databases, address: Address, process: int, batches: Sequence[Sequence[Arrival]]) -> None:
    with closing(ClickHouseWarehouse(address, connect=each_clickhouse.opens)) as warehouse:
        for through, arrivals in enumerate(batches, 1):
            warehouse.load(arrivals, inbox=f"inbox {process}", through=through)


def test_two_load_at_once(each_clickhouse: Databases, address: Address) -> None:
    """Nothing is lost, each class has one number, and each sees what the other one loaded."""
    loads = [
        [[_said(process, 2 * number), _said(process, 2 * number + 1)] for number in range(3)] for process in (1, 2)
    ]
    threads = [
        threading.Thread(target=_load_all, args=(each_clickhouse, address, process, batches))
        for process, batches in enumerate(loads, 1)
    ]
    with closing(ClickHouseWarehouse(address, connect=each_clickhouse.opens)) as one, closing(duckdb()) as right:
        before = one.generation()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for arrivals in [each for batches in loads for each in batches]:
            right.load(arrivals, inbox="a", through=1)
        assert [one.mark(f"inbox {process}") for process in (1, 2)] == [3, 3]
        assert one.generation() == Generation(before.data + 6, before.corrections)
        names = ("sightings", "month", "births", "daily", "spells")
        assert contents(one, names) == contents(right, names)
        assert _named(one) == _named(right)


def _named(warehouse: Warehouse) -> dict[object, list[str]]:
    """Return the names of the classes of each profile; a number stands for one name."""
    numbered = [(number, name) for number, name in table(warehouse, "classes", "class", "name") if name != "custom"]
    names = dict(numbered)
    assert len(names) == len(numbered) == len({*names.values()})
    with warehouse.snapshot() as snapshot:
        profiles = snapshot.query("SELECT profile, classes FROM profiles", {})
    return {profile: [str(names[each]) for each in classes] for profile, classes in profiles}
