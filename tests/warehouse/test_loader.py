"""The loader, between a real inbox and a real warehouse."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

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

        def backlog(self) -> int:
            raise AssertionError

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


def test_the_same_trouble_is_said_once_a_minute(warehouse: Warehouse, caplog: pytest.LogCaptureFixture) -> None:
    """Another trouble is said at once; and of each the first line, since the next ones may hold what was sent."""
    clock = iter([0.0, 59.0, 60.0, 61.0, 119.0])
    time = 0.0
    troubles = iter(["first\tof\vall\nSECRET", "first\tof\vall", "first\tof\vall", "second", "first\tof\vall"])

    def fail() -> None:
        nonlocal time
        time = next(clock)
        raise OSError(next(troubles))

    loader = Loader(warehouse, [], chores=[Chore("sweep", fail)], clock=lambda: time)
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
        backlog = inbox.backlog

        def waiting(self, after: int, limit: int) -> Batch:
            found = inbox.waiting(after, limit)
            inbox.append(_arrivals(2 + after))
            return found

    assert Loader(warehouse, [Stream()]).load() == 1
    assert Loader(warehouse, [inbox]).load() == 1


class _Looks(threading.Event):
    """Stops after the last of ``acts``, which are done one before each look; between two looks it waits as it is told."""

    def __init__(self, acts: Sequence[Callable[[], object] | None]) -> None:
        super().__init__()
        self.time = 1000.0
        self._acts = list(acts)

    def wait(self, timeout: float | None = None) -> bool:
        self.time += timeout or 0
        act = self._acts.pop(0)
        if act is not None:
            act()
        return not self._acts


def _turns(
    warehouse: Warehouse, inbox: Inbox, acts: Sequence[Callable[[], object] | None], seconds: float
) -> list[float]:
    """Return after how many seconds the loader had its turns at chores while ``acts`` were done."""
    looks = _Looks(acts)
    found: list[float] = []
    chore = Chore("look", lambda: found.append(looks.time - 1000))
    loader = Loader(warehouse, [inbox], chores=[chore], clock=lambda: looks.time)
    loader.seconds = seconds
    loader.run(looks, 0.5)
    return found


def test_what_comes_first_is_loaded_at_once_and_the_next_is_gathered(inbox: Inbox, warehouse: Warehouse) -> None:
    """For so many seconds since the last load: a load of one costs as much as one of many."""

    def come(install: int) -> Callable[[], None]:
        return lambda: inbox.append(_arrivals(install))

    seen: list[int] = []
    acts = [None, come(1), *map(come, range(2, 12)), lambda: seen.extend(_seen(warehouse)), *[None] * 6]
    assert _turns(warehouse, inbox, acts, 4.0) == [0.5, 1.0, 5.0, 9.0]
    assert seen == [*range(1, 10)]
    assert _seen(warehouse) == [*range(1, 12)]


@pytest.mark.ci
def test_unless_told_otherwise_what_waits_is_loaded_at_each_look(inbox: Inbox, warehouse: Warehouse) -> None:
    """Nothing is gathered."""
    looks = _Looks([lambda: inbox.append(_arrivals(1)), lambda: inbox.append(_arrivals(2)), None])
    done: list[float] = []
    loader = Loader(
        warehouse, [inbox], chores=[Chore("look", lambda: done.append(looks.time))], clock=lambda: looks.time
    )
    loader.run(looks, 0.5)
    assert done == [1000.5, 1001.0]


@pytest.mark.ci
def test_enough_is_loaded_at_once(inbox: Inbox, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """However short ago the last load was."""
    monkeypatch.setattr(_loader, "ENOUGH", 3)
    acts = [
        lambda: inbox.append(_arrivals(1)),
        lambda: inbox.append(_arrivals(2, 3)),
        lambda: inbox.append(_arrivals(4)),
        lambda: inbox.append(_arrivals(5, 6)),
        None,
    ]
    assert _turns(warehouse, inbox, acts, 60.0) == [0.5, 1.5]
    assert _seen(warehouse) == [1, 2, 3, 4, 5, 6]


def test_chores_are_done_when_nothing_comes(inbox: Inbox, warehouse: Warehouse) -> None:
    """They go by the calendar and the clock: every ten seconds."""
    assert _turns(warehouse, inbox, [None] * 45, 1.0) == [0.5, 10.5, 20.5]


def test_an_inbox_that_cannot_be_read_is_no_rest(warehouse: Warehouse, caplog: pytest.LogCaptureFixture) -> None:
    """The next turn says what is wrong with it."""

    class Broken:
        name = "broken"

        def backlog(self) -> int:
            raise OSError("disk image is malformed")

        def forget(self, through: int) -> None:
            self.backlog()

        def waiting(self, after: int, limit: int) -> Batch:
            raise AssertionError

    broken: list[Broken] = []
    looks = _Looks([None, lambda: broken.append(Broken()), None])
    loader = Loader(warehouse, broken, clock=lambda: looks.time)
    loader.run(looks, 0.5)
    assert "malformed" in caplog.text
    assert loader.failing


@pytest.mark.ci
def test_who_asks_for_freshness_has_what_waits_loaded(
    inbox: Inbox, warehouse: Warehouse, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where that fails it is logged, and who asks is answered all the same, also where it takes long."""
    loader = Loader(warehouse, [inbox])
    loader.seconds = 3600
    for install in (1, 2):
        inbox.append(_arrivals(install))
        loader.freshen(60)
    assert (_seen(warehouse), caplog.text) == ([1, 2], "")

    def fail(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    inbox.append(_arrivals(3))
    with monkeypatch.context() as patched:
        patched.setattr(warehouse, "load", fail)
        loader.freshen(60)
    assert "no space left" in caplog.text
    held = threading.Lock()
    real = warehouse.load

    def wait(*arguments: object, **named: object) -> None:
        with held:
            real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(warehouse, "load", wait)
    with held:
        loader.freshen(0.01)
        assert _seen(warehouse) == [1, 2]
        (loading,) = [thread for thread in threading.enumerate() if thread.name == "freshen"]
    loading.join()
    assert _seen(warehouse) == [1, 2, 3]
    loader.freshen(60)
    assert [thread for thread in threading.enumerate() if thread.name == "freshen"] == []


@pytest.mark.ci
def test_how_long_a_load_takes_delays_the_next_one_no_further(
    inbox: Inbox, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arrivals are gathered from its beginning on, since what comes during it waits for the next one."""
    looks = _Looks([lambda: inbox.append(_arrivals(1)), lambda: inbox.append(_arrivals(2)), *[None] * 4])
    real = warehouse.load
    began: list[float] = []

    def load(*arguments: object, **named: object) -> None:
        began.append(looks.time)
        real(*arguments, **named)  # type: ignore[arg-type]
        looks.time += 3.0

    monkeypatch.setattr(warehouse, "load", load)
    loader = Loader(warehouse, [inbox], clock=lambda: looks.time)
    loader.seconds = 4.0
    loader.run(looks, 0.5)
    assert began == [1000.5, 1004.5]
