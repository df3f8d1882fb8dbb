"""The loader, between a real inbox and a real warehouse."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from headcount.contract import Arrival, Batch, Profile
from headcount.ingest import Inbox
from headcount.warehouse import Chore, Loader, Warehouse, _loader

CONTENT = Profile("stock", "basic").canonical()


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    """An empty inbox."""
    with closing(Inbox(tmp_path / "a.sqlite")) as made:
        yield made


def _arrivals(*installs: int) -> list[Arrival]:
    return [Arrival(1_767_225_600 + install, install, 1, CONTENT) for install in installs]


def _seen(warehouse: Warehouse) -> list[int]:
    with warehouse.snapshot() as snapshot:
        return [int(str(row[0])) for row in snapshot.query("SELECT install FROM sightings ORDER BY 1", {})]


def test_what_is_loaded_leaves_the_inbox(inbox: Inbox, warehouse: Warehouse) -> None:
    """And what comes later is loaded later; nothing twice, nothing left."""
    loader = Loader(warehouse, [inbox])
    inbox.append(_arrivals(1, 2))
    assert loader.load() == 2
    assert inbox.waiting(0, 10).arrivals == []
    inbox.append(_arrivals(3))
    assert loader.load() == 1
    assert loader.load() == 0
    assert _seen(warehouse) == [1, 2, 3]


def test_a_loader_that_ended_before_it_forgot_counts_nothing_twice(inbox: Inbox, warehouse: Warehouse) -> None:
    """The mark is in the warehouse: rows that it covers are forgotten at the next turn, and not loaded again."""
    inbox.append(_arrivals(1, 2))
    waiting = inbox.waiting(0, 10).arrivals
    warehouse.load(waiting, inbox=inbox.name, through=2)  # and here the process ended
    inbox.append(_arrivals(3))
    assert Loader(warehouse, [inbox]).load() == 1
    assert _seen(warehouse) == [1, 2, 3]
    assert inbox.waiting(0, 10).arrivals == []


def test_what_a_loader_left_behind_is_forgotten_at_once(inbox: Inbox, warehouse: Warehouse) -> None:
    """Where nothing comes after it, too."""
    inbox.append(_arrivals(1, 2))
    warehouse.load(inbox.waiting(0, 10).arrivals, inbox=inbox.name, through=2)  # and here the process ended
    assert Loader(warehouse, [inbox]).load() == 0
    assert inbox.waiting(0, 10).arrivals == []


def test_to_settle_is_to_load_and_to_do_each_chore(inbox: Inbox, warehouse: Warehouse) -> None:
    """In this order, and what the first chore that fails raises is raised."""
    seen: list[list[int]] = []

    def fail() -> None:
        raise ValueError("full")

    chores = [Chore("look", lambda: seen.append(_seen(warehouse))), Chore("look again", lambda: seen.append([]))]
    inbox.append(_arrivals(1))
    Loader(warehouse, [inbox], chores=chores).settle()
    assert seen == [[1], []]
    with pytest.raises(ValueError, match="full"):
        Loader(warehouse, [inbox], chores=[Chore("fail", fail), *chores]).settle()
    assert seen == [[1], []]


def test_what_waits_is_loaded_in_batches(inbox: Inbox, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as it takes, in one turn; the loader knows how many arrivals it has loaded since it was made."""
    monkeypatch.setattr(_loader, "BATCH", 2)
    loader = Loader(warehouse, [inbox])
    assert loader.loaded == 0
    for installs in ((1, 2, 3, 4, 5), (6, 7)):
        inbox.append(_arrivals(*installs))
        assert loader.load() == len(installs)
    assert (loader.loaded, _seen(warehouse)) == (7, [1, 2, 3, 4, 5, 6, 7])


def test_an_inbox_that_cannot_be_read_holds_up_no_other(inbox: Inbox, warehouse: Warehouse, tmp_path: Path) -> None:
    """The others are loaded, and then it is said what was wrong."""

    class Broken:
        name = "broken"

        def forget(self, through: int) -> None:
            raise OSError("disk image is malformed")

        def waiting(self, after: int, limit: int) -> Batch:
            raise AssertionError

    inbox.append(_arrivals(1))
    with pytest.raises(OSError, match="malformed"):
        Loader(warehouse, [Broken(), inbox]).load()
    assert _seen(warehouse) == [1]


class _Turns(threading.Event):
    """Stops after so many turns; ``waits`` is how long it was waited for, before each."""

    def __init__(self, turns: int) -> None:
        super().__init__()
        self.waits: list[float | None] = []
        self._turns = turns

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        return len(self.waits) >= self._turns


@pytest.mark.parametrize(
    ("pause", "waits"), [(1, [1, 2, 4, 4, 1, 1]), (3, [3, 4, 4, 4, 3, 3]), (10, [10, 10, 10, 10, 10, 10])]
)
def test_turns_that_fail_come_less_and_less_often(warehouse: Warehouse, pause: float, waits: list[float]) -> None:
    """Down to once in four seconds, or in a pause that is longer; after one that does not fail, as often as before."""
    stop = _Turns(len(waits))

    def fail() -> None:
        if len(stop.waits) < 4:
            raise OSError("no space left on device")

    loader = Loader(warehouse, [], chores=[Chore("sweep", fail)])
    loader.run(stop, pause)
    assert stop.waits == waits
    assert (loader.failing, loader.failed_chores) == (False, 0)


def test_the_same_trouble_is_said_once_a_minute(
    warehouse: Warehouse, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another trouble is said at once; and of each the first line, since the next ones may hold what was sent."""
    clock = iter([0.0, 59.0, 60.0, 61.0, 119.0])
    monkeypatch.setattr(_loader, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    troubles = iter(["first\tof\vall\nSECRET", "first\tof\vall", "first\tof\vall", "second", "first\tof\vall"])

    def fail() -> None:
        raise OSError(next(troubles))

    loader = Loader(warehouse, [], chores=[Chore("sweep", fail)])
    loader.run(_Turns(6), 0)
    assert [record.getMessage().partition("OSError: ")[2] for record in caplog.records] == [
        "first\tof\vall", "first\tof\vall", "second"
    ]  # fmt: skip


def test_a_load_that_fails_is_tried_again(
    inbox: Inbox, warehouse: Warehouse, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reports wait in the inbox meanwhile; the failure is logged."""
    inbox.append(_arrivals(1))
    turns = iter([False, True])

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            return next(turns)

    real = warehouse.load
    failures = iter([True])

    def load(*arguments: object, **named: object) -> None:
        if next(failures, False):
            raise OSError("no space left on device")
        real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(warehouse, "load", load)
    Loader(warehouse, [inbox]).run(Stop(), 0)
    assert _seen(warehouse) == [1]
    assert "it is kept, and tried again" in caplog.text


def test_a_chore_that_fails_is_named(inbox: Inbox, warehouse: Warehouse, caplog: pytest.LogCaptureFixture) -> None:
    """The inbox is loaded, and so it is not said to wait or to fail; the other chores have their turn."""
    inbox.append(_arrivals(1))
    turns = iter([False, True])
    done: list[object] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            done.append((loader.failing, loader.failed_chores))
            return next(turns)

    def fail() -> None:
        raise OSError("no space left on device")

    loader = Loader(warehouse, [inbox], chores=[Chore("sweep", fail), Chore("dust", lambda: done.append("dust"))])
    loader.run(Stop(), 0)
    assert [record.getMessage() for record in caplog.records] == [
        "a chore failed, and is tried again: sweep: OSError: no space left on device"
    ]
    assert done == [(False, 0), "dust", (False, 1)]
    assert _seen(warehouse) == [1]


def test_a_steady_stream_does_not_keep_the_loader_from_the_rest(inbox: Inbox, warehouse: Warehouse) -> None:
    """What comes while a turn goes on has the next one, so that a turn ends, and others and chores have theirs."""
    inbox.append(_arrivals(1))

    class Stream:
        name = inbox.name
        forget = inbox.forget

        def waiting(self, after: int, limit: int) -> Batch:
            found = inbox.waiting(after, limit)
            inbox.append(_arrivals(2 + after))
            return found

    assert Loader(warehouse, [Stream()]).load() == 1
    assert Loader(warehouse, [inbox]).load() == 1
