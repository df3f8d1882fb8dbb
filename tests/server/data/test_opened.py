"""A data directory at work, with a clock that the test sets: receipts, tombstones, retention."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from headcount.contract import Arrival, Profile
from headcount.ingest import Inbox, Pseudonymizer, load_key
from headcount.server.data.directory import BadData, DataDirectory, open_data
from headcount.server.data.opened import Keeping, keeping
from headcount.server.data.tombstones import Tombstones
from headcount.warehouse import Loader

DAY = 86_400
START = 1_767_225_600  # 2026-01-01
ID, SECRET = "a" * 40, "5" * 64


class Clock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.now = float(START)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """It stands at the beginning of 2026."""
    return Clock()


@contextmanager
def _at_work(tmp_path: Path, clock: Clock, retention: int = 761) -> Iterator[tuple[Keeping, Inbox]]:
    data = open_data(tmp_path / "data", create=True)
    load_key(data.key)
    with (
        closing(Inbox(data.inbox("serve"), owner=True)) as inbox,
        keeping(data, inbox, now=clock, retention=retention) as kept,
    ):
        yield kept, inbox


def _turn(kept: Keeping) -> None:
    kept.loader.load()
    for chore in kept.loader.chores.values():
        chore()


def _arrival(kept: Keeping, day: int, secret: str | None = SECRET, install: str = ID) -> Arrival:
    number = kept.pseudonymizer.install(install, secret)
    return Arrival(START + day * DAY, number, 1, Profile("headcount", "basic").canonical())


def _seen(kept: Keeping) -> list[tuple[object, ...]]:
    with kept.warehouse.snapshot() as snapshot:
        return snapshot.query("SELECT install, day FROM sightings ORDER BY ALL", {})


def test_erasures_leave_the_disk_together_a_little_later(tmp_path: Path, clock: Clock) -> None:
    """The first stage at once, the second within ten minutes for all that were asked for meanwhile; then nothing waits."""
    with _at_work(tmp_path, clock) as (kept, inbox):
        mine = kept.rights.own(ID, SECRET)
        others = kept.rights.own("b" * 40, SECRET)
        inbox.append([_arrival(kept, -1), _arrival(kept, -1, install="b" * 40)])
        receipts = [kept.rights.erase(mine)]  # while it still waits in the inbox
        clock.now += 300
        receipts.append(kept.rights.erase(others))
        _turn(kept)
        assert _seen(kept) == []
        names = [str(receipt["receipt"]) for receipt in receipts if receipt]
        assert [kept.warehouse.receipt(name) for name in names] == [(START, None), (START + 300, None)]
        clock.now += 301
        _turn(kept)
        assert [kept.warehouse.receipt(name) for name in names] == [(START, START + 601), (START + 300, START + 601)]
        assert kept.warehouse.oldest_erasure() is None
        assert kept.rights.erase(mine) is None


def test_what_is_on_its_way_when_it_is_erased_does_not_arrive(tmp_path: Path, clock: Clock) -> None:
    """A report that was acknowledged before the erasure, and written to another inbox after it, is left out."""
    with _at_work(tmp_path, clock) as (kept, inbox):
        inbox.append([_arrival(kept, -1)])
        _turn(kept)
        kept.rights.erase(kept.rights.own(ID, SECRET))
        with closing(Inbox(kept.data.inbox("ingest-1"), owner=True)) as other:
            other.append([_arrival(kept, -1), _arrival(kept, 1)])
        clock.now += 2 * DAY
        _turn(kept)
        assert [str(day) for _, day in _seen(kept)] == ["2026-01-02"]


def test_an_erasure_that_was_cut_off_is_made_whole(tmp_path: Path, clock: Clock) -> None:
    """The tombstone is written first: the next start applies it, and a torn line of it harms nothing."""
    with _at_work(tmp_path, clock) as (kept, inbox):
        inbox.append([_arrival(kept, -1), _arrival(kept, -1, install="b" * 40)])
        _turn(kept)
        (mine,) = kept.rights.own(ID, SECRET)
        with kept.data.tombstones.open("a") as file:
            file.write("00ab")
        Tombstones(kept.data.tombstones, kept.pseudonymizer.fingerprint).add([mine], START)
    with _at_work(tmp_path, clock) as (kept, _):
        _turn(kept)
        assert [install for install, _ in _seen(kept)] == kept.rights.own("b" * 40, SECRET)


def test_retention_is_kept_by_the_day(tmp_path: Path, clock: Clock) -> None:
    """What is older goes at the first turn of a day; its count stays."""
    with _at_work(tmp_path, clock, retention=30) as (kept, inbox):
        inbox.append([_arrival(kept, -40), _arrival(kept, -20)])
        _turn(kept)
        assert [str(day) for _, day in _seen(kept)] == ["2025-12-12"]
        clock.now += 20 * DAY
        _turn(kept)
        assert _seen(kept) == []
        with kept.warehouse.snapshot() as snapshot:
            assert snapshot.query("SELECT sum(installs) FROM daily", {}) == [(2,)]
            assert snapshot.query("SELECT count(*) FROM profiles", {}) == [(0,)]


def test_one_works_on_a_directory(tmp_path: Path, clock: Clock) -> None:
    """Also where the warehouse is closed, as one that is damaged."""
    with (
        _at_work(tmp_path, clock) as (kept, _),
        kept.warehouse.file.closed(),
        pytest.raises(BadData, match="another process works on"),
        _at_work(tmp_path, clock),
    ):
        pass


def test_a_bad_inbox_holds_up_no_other(tmp_path: Path, clock: Clock) -> None:
    """Whatever is wrong with it; it is told when the others are loaded."""
    with _at_work(tmp_path, clock) as (kept, inbox):
        inbox.append([_arrival(kept, -1)])

        class Bad(Inbox):
            @property
            def name(self) -> str:
                raise OSError("gone")

        with closing(Bad(kept.data.inbox("bad"), owner=True)) as bad, pytest.raises(OSError, match="gone"):
            Loader(kept.warehouse, [bad, inbox]).load()
        assert len(_seen(kept)) == 1


def test_a_tombstone_is_of_one_key(tmp_path: Path) -> None:
    """Under another key the same number is another installation."""
    path = tmp_path / "tombstones"
    one, other = (Tombstones(path, Pseudonymizer(key * 32).fingerprint) for key in (b"k", b"q"))
    one.add([5], 10)
    one.add([5, 6], 7)
    assert (one.all(), other.all()) == ({5: 10, 6: 7}, {})


def test_a_directory_can_be_claimed_once(tmp_path: Path) -> None:
    """And again once it is given up."""
    data = DataDirectory(tmp_path)
    with data.claimed(), pytest.raises(BadData), data.claimed():
        pass
    with data.claimed():
        pass
