"""A data directory at work, with a clock that the test sets: receipts, tombstones, retention."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from headcount._refused import Refused
from headcount.contract import Arrival, Name, Profile
from headcount.ingest import Inbox, Pseudonymizer, load_key
from headcount.server.commands.export import export
from headcount.server.data.directory import open_directory
from headcount.server.data.opened import OpenData
from headcount.server.data.serving import Serving
from headcount.server.data.tombstones import Tombstones
from headcount.warehouse import Loader, WarehouseUnavailable, duckdb
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.clocks import Machine

DAY = 86_400
START = 1_767_225_600  # 2026-01-01
ID, SECRET = "a" * 40, "5" * 64


@pytest.fixture
def clock() -> Machine:
    """It stands at the beginning of 2026."""
    return Machine(START)


@contextmanager
def _at_work(tmp_path: Path, clock: Machine, retention: int = 793) -> Iterator[tuple[OpenData, Inbox]]:
    directory = open_directory(tmp_path / "data", create=True)
    load_key(directory.key)
    with closing(Inbox(directory.inbox("serve"), owner=True)) as inbox, ExitStack() as stack:
        yield (
            OpenData(directory, stack, inbox, clock=clock.clock(directory.clock), serving=Serving(5, retention)),
            inbox,
        )


def _turn(data: OpenData) -> None:
    data.loader.settle()


def _arrival(data: OpenData, day: int, secret: str | None = SECRET, install: str = ID) -> Arrival:
    number = data.pseudonymizer.install(install, secret)
    return Arrival(START + day * DAY, number, 1, Profile("headcount", "basic").canonical())


def _seen(data: OpenData) -> list[tuple[object, ...]]:
    with data.warehouse.snapshot() as snapshot:
        return snapshot.query("SELECT install, day FROM sightings ORDER BY ALL", {})


def test_erasures_leave_the_disk_together_a_little_later(tmp_path: Path, clock: Machine) -> None:
    """The first stage at once, the second within ten minutes for all that were asked for meanwhile; then nothing waits."""
    with _at_work(tmp_path, clock) as (data, inbox):
        mine = data.installations.own(ID, SECRET)
        others = data.installations.own("b" * 40, SECRET)
        inbox.append([_arrival(data, -1), _arrival(data, -1, install="b" * 40)])
        receipts = [data.installations.erase(mine)]  # while it still waits in the inbox
        clock.skip(300)
        receipts.append(data.installations.erase(others))
        _turn(data)
        assert _seen(data) == []
        names = [str(receipt["receipt"]) for receipt in receipts if receipt]
        assert [data.warehouse.receipt(name) for name in names] == [(START, None), (START + 300, None)]
        clock.skip(301)
        _turn(data)
        assert [data.warehouse.receipt(name) for name in names] == [(START, START + 601), (START + 300, START + 601)]
        assert data.warehouse.oldest_erasure() is None
        assert data.installations.erase(mine) is None


def test_what_is_on_its_way_when_it_is_erased_does_not_arrive(tmp_path: Path, clock: Machine) -> None:
    """A report that was acknowledged before the erasure, and written to another inbox after it, is left out."""
    with _at_work(tmp_path, clock) as (data, inbox):
        inbox.append([_arrival(data, -1)])
        _turn(data)
        data.installations.erase(data.installations.own(ID, SECRET))
        with closing(Inbox(data.directory.inbox("ingest-1"), owner=True)) as other:
            other.append([_arrival(data, -1), _arrival(data, 1)])
        clock.skip(2 * DAY)
        _turn(data)
        assert [str(day) for _, day in _seen(data)] == ["2026-01-02"]


def test_an_erasure_that_was_cut_off_is_made_whole(tmp_path: Path, clock: Machine) -> None:
    """The tombstone is written first: the next start applies it, and a torn line of it harms nothing."""
    with _at_work(tmp_path, clock) as (data, inbox):
        inbox.append([_arrival(data, -1), _arrival(data, -1, install="b" * 40)])
        _turn(data)
        (mine,) = data.installations.own(ID, SECRET)
        with data.directory.tombstones.open("a") as file:
            file.write("00ab")
        Tombstones(data.directory.tombstones, data.pseudonymizer.fingerprint).add([mine], START)
    with _at_work(tmp_path, clock) as (data, _):
        _turn(data)
        assert [install for install, _ in _seen(data)] == data.installations.own("b" * 40, SECRET)


def test_a_secret_opens_what_stock_said_once_it_is_certain(tmp_path: Path, clock: Machine) -> None:
    """That is from its second day on, and as long as no other secret came with the id: that alone shows nobody the rest."""
    profile = Profile("headcount", "basic", plugins=((Name("buildbot.steps.source.git.Git"), 1),)).canonical()
    with _at_work(tmp_path, clock) as (data, inbox):
        stock = data.pseudonymizer.install(ID)

        def report(day: int, secret: str | None = SECRET) -> None:
            origin = stock if secret else 0
            inbox.append([_arrival(data, day, secret)._replace(content=profile, stock=origin)])
            _turn(data)

        report(-5, None)
        report(-4)
        (mine,) = data.installations.own(ID, SECRET)
        assert data.warehouse.heirs(stock) == [mine]
        report(-3)
        assert data.installations.own(ID, SECRET) == [mine, stock]
        report(-2, "7" * 64)
        assert data.installations.own(ID, SECRET) == [mine]
        assert len(data.installations.of_operator(ID)) == 3


def test_retention_is_kept_by_the_day(tmp_path: Path, clock: Machine) -> None:
    """What is older goes at the first turn of a day, once the clock ran on for three; its count stays."""
    with _at_work(tmp_path, clock, retention=23) as (data, inbox):
        _turn(data)
        inbox.append([_arrival(data, -40), _arrival(data, -20)])
        for _ in range(3):
            assert len(_seen(data)) in (0, 2)
            clock.skip(DAY)
            _turn(data)
        assert [str(day) for _, day in _seen(data)] == ["2025-12-12"]
        clock.skip(DAY)
        _turn(data)
        assert _seen(data) == []
        with data.warehouse.snapshot() as snapshot:
            assert snapshot.query("SELECT sum(installs) FROM daily", {}) == [(2,)]
            assert snapshot.query("SELECT count(*) FROM profiles", {}) == [(0,)]


def test_one_works_on_a_directory(tmp_path: Path, clock: Machine) -> None:
    """Also where the warehouse is closed, as one that is damaged."""
    with (
        _at_work(tmp_path, clock) as (data, _),
        data.warehouse.file.closed(),  # type: ignore[attr-defined]  # DuckDB's
        _at_work(tmp_path, clock) as (other, _),
        pytest.raises(Refused, match="another process works on"),
    ):
        assert other.warehouse


def test_a_bad_inbox_holds_up_no_other(tmp_path: Path, clock: Machine) -> None:
    """Whatever is wrong with it; it is told when the others are loaded."""
    with _at_work(tmp_path, clock) as (data, inbox):
        inbox.append([_arrival(data, -1)])

        class Bad(Inbox):
            @property
            def name(self) -> str:
                raise OSError("gone")

        with closing(Bad(data.directory.inbox("bad"), owner=True)) as bad, pytest.raises(OSError, match="gone"):
            Loader(data.warehouse, [bad, inbox]).load()
        assert len(_seen(data)) == 1


def test_an_inbox_that_cannot_be_read_is_told_once(
    tmp_path: Path, clock: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    """However often what waits is loaded; and it is loaded once it can be read."""
    with _at_work(tmp_path, clock) as (data, inbox):
        path = data.directory.inbox("ingest-1")
        with closing(Inbox(path, owner=True)) as other:
            other.append([_arrival(data, -1)])
        whole = path.read_bytes()
        path.write_bytes(b"damaged" + whole[7:])
        inbox.append([_arrival(data, -2)])
        for _ in range(3):
            data.loader.load()
            assert data.inboxes.unreadable == {path}
        assert [record.getMessage() for record in caplog.records if str(path) in record.getMessage()] == [
            f"the inbox {path} cannot be loaded: file is not a database"
        ]
        assert len(_seen(data)) == 1
        path.write_bytes(whole)
        data.loader.load()
        assert data.inboxes.unreadable == set()
        assert len(_seen(data)) == 2


def test_a_tombstone_is_of_one_key(tmp_path: Path) -> None:
    """Under another key the same number is another installation; of several the last holds, since a clock may be wrong."""
    path = tmp_path / "tombstones"
    one, other = (Tombstones(path, Pseudonymizer(key * 32).fingerprint) for key in (b"k", b"q"))
    one.add([5], 10)
    one.add([5, 6], 7)
    assert (one.all(), other.all()) == ({5: 7, 6: 7}, {})


def test_a_directory_can_be_owned_once(tmp_path: Path) -> None:
    """And again once it is given up."""
    data = open_directory(tmp_path, create=True)
    with data.owned(), pytest.raises(Refused), data.owned():
        pass
    with data.owned():
        pass


def test_an_older_warehouse_that_is_put_in_place_loses_no_erasure(tmp_path: Path, clock: Machine) -> None:
    """A server that runs finds a good file by itself; who was erased since it was copied is erased in it too."""
    with _at_work(tmp_path, clock) as (data, inbox):
        inbox.append([_arrival(data, 0), _arrival(data, 0, install="b" * 40)])
        clock.skip(DAY)
        _turn(data)
        older = tmp_path / "older.duckdb"
        data.store.backup(older, {})
        assert data.installations.erase([data.pseudonymizer.install(ID, SECRET)]) is not None
        assert len(_seen(data)) == 1
        warehouse = data.warehouse
        assert isinstance(warehouse, DuckWarehouse)
        warehouse.file._close()
        warehouse.file.problem = "it broke"
        older.replace(data.directory.warehouse)
        _turn(data)
        assert len(_seen(data)) == 1


def test_an_expiry_that_failed_is_tried_again(tmp_path: Path, clock: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the next turn, and not on the next day."""
    with _at_work(tmp_path, clock, retention=2) as (data, inbox):
        inbox.append([_arrival(data, 0)])
        for _ in range(3):
            _turn(data)
            clock.skip(DAY)

        def full(*_: object) -> bool:
            raise WarehouseUnavailable("the disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(DuckWarehouse, "expire", full)
            with pytest.raises(WarehouseUnavailable):
                _turn(data)
        assert len(_seen(data)) == 1
        _turn(data)
        assert _seen(data) == []


def test_an_export_that_fails_leaves_nothing(tmp_path: Path, clock: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files hold pseudonyms, which no erasure reaches."""
    with _at_work(tmp_path, clock) as (data, _):

        def full(_: object, directory: Path) -> dict[str, int]:
            (directory / "sightings.parquet").write_bytes(b"some")
            raise WarehouseUnavailable("the disk is full")

        monkeypatch.setattr(duckdb, "write_export", full)
        with pytest.raises(WarehouseUnavailable):
            export(data, {})
        assert not list(data.directory.path.rglob("*.parquet"))
