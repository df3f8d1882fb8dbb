"""A data directory under a clock that steps: real files, and time that the test lets pass."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount._disk import write_durably
from headcount.contract import Arrival, Profile
from headcount.ingest import Inbox, load_key
from headcount.server.data.clock import Clock, seconds_passed, vocabulary_time
from headcount.server.data.directory import open_directory
from headcount.server.data.opened import OpenData
from headcount.server.data.serving import Serving
from tests.support.clocks import Machine

DAY, HOUR = 86_400, 3_600
NOON = 1_767_225_600 + DAY // 2  # 1 January 2026
YEAR = 365 * DAY
CONTENT = Profile("headcount", "basic").canonical()
RETENTION = 400  # days


class World:
    """A server at work on a data directory, on a machine whose clock is off by some seconds."""

    def __init__(self, path: Path, off: float = 0.0, earliest: float = 0.0, retention: int = RETENTION) -> None:
        self.machine = Machine(NOON + off, earliest)
        self.off = off
        self.path = path
        self.retention = retention
        self.came: list[tuple[int, date]] = []
        self._stack = ExitStack()
        self._start()

    def _start(self) -> None:
        directory = open_directory(self.path, create=True)
        load_key(directory.key)
        self.inbox = self._stack.enter_context(closing(Inbox(directory.inbox("serve"), owner=True)))
        clock = self.machine.clock(directory.clock)
        self.data = OpenData(directory, self._stack, self.inbox, clock=clock, serving=Serving(5, self.retention))

    def restart(self) -> None:
        """End the server, and start another one."""
        self._stack.close()
        self._start()

    def close(self) -> None:
        """End the server."""
        self._stack.close()

    @property
    def time(self) -> float:
        """The time as it is."""
        return self.machine.now - self.off

    def step(self, off: float, *, turn: bool = True) -> None:
        """Set the clock off by so many seconds; two seconds pass."""
        self.machine.step(off - self.off)
        self.off = off
        self.data.now()  # as each report asks for it
        self.machine.skip(2)
        if turn:
            self.turn()

    def skip(self, seconds: float, pause: float = DAY) -> None:
        """Let time pass; the loader has its turn at each ``pause``."""
        while seconds > 0:
            self.machine.skip(min(seconds, pause))
            seconds -= pause
            self.turn()

    def turn(self) -> None:
        """Let the loader have its turn."""
        self.data.loader.settle()

    def report(self, install: int, *, turn: bool = True) -> None:
        """Take a report."""
        self.inbox.append([Arrival(int(self.data.now()), install, 1, CONTENT, report=len(self.came) + 1)])
        self.came.append((install, datetime.fromtimestamp(self.time, UTC).date()))
        if turn:
            self.turn()

    def held(self) -> list[tuple[int, date]]:
        """The installations that are held, and the days on which they were seen."""
        with self.data.warehouse.snapshot() as snapshot:
            return snapshot.query("SELECT install, day FROM sightings ORDER BY ALL", {})

    def lost(self) -> set[tuple[int, date]]:
        """What came and is not held as it came."""
        return set(self.came) - set(self.held())


@pytest.mark.parametrize(
    ("off", "days"),
    [
        (1_200 * DAY, 5),
        *(
            pytest.param(off, days, marks=pytest.mark.ci)
            for off, days in ((1_200 * DAY, 0), (9 * HOUR, 5), (-9 * HOUR, 0), (-9 * HOUR, 5), (-20 * YEAR, 5))
        ),
    ],
)
def test_what_comes_under_a_clock_that_is_wrong_has_its_day(tmp_path: Path, off: float, days: int) -> None:
    """Seconds or days later; what waits in an inbox when the clock steps too, and a restart changes nothing."""
    with closing(World(tmp_path / "data")) as world:
        world.report(1)
        world.skip(4 * DAY)
        world.report(1)
        world.skip(HOUR)
        world.step(off, turn=False)
        world.report(2, turn=False)
        world.skip(8)
        world.skip(days * DAY)
        world.report(3)
        world.restart()
        world.skip(HOUR)
        world.report(1, turn=False)
        world.step(0)
        assert world.held() == sorted(set(world.came))
        with world.data.warehouse.snapshot() as snapshot:
            assert snapshot.query("SELECT count(*) FROM later", {}) == [(0,)]


@pytest.mark.ci
def test_a_clock_that_falls_back_among_what_is_held(tmp_path: Path) -> None:
    """What came on those days before and what comes then are not mixed up: each has its day once the clock is right."""
    with closing(World(tmp_path / "data")) as world:
        for install in range(24):
            world.report(install)
            world.skip(DAY / 2, HOUR * 3)
        world.step(-7.2 * DAY)
        for install in range(50, 56):
            world.skip(DAY / 2, HOUR * 3)
            world.report(install)
        assert len({install for install, _ in world.held()} & set(range(16, 24))) == 0
        world.step(0)
        assert world.held() == sorted(set(world.came))


def test_a_disk_that_is_full_stops_no_clock(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is told once, and tried again."""
    machine = Machine(NOON)
    clock = machine.clock(tmp_path / "missing" / "clock")
    for _ in range(3):
        clock.keep(lambda: None, lambda move: None)
        assert clock() == NOON
    assert [record.getMessage() for record in caplog.records] == [
        "the time cannot be noted; it is tried again: No such file or directory"
    ]
    (tmp_path / "missing").mkdir()
    clock.keep(lambda: None, lambda move: None)
    assert (tmp_path / "missing" / "clock").exists()


@pytest.mark.ci
def test_a_clock_that_is_ahead_deletes_no_more_than_days_were_lived_through(tmp_path: Path) -> None:
    """Here 1,200 days ahead, for seconds and then for days: what is then too old goes, all else is there."""
    with closing(World(tmp_path / "data", retention=20)) as world:
        for install in range(10):
            world.report(install)
            world.skip(DAY)
        world.skip(8 * DAY)  # to the 19th day
        world.step(1_200 * DAY)
        world.skip(8)
        assert world.lost() == set()
        world.skip(6 * DAY)
        assert {install for install, _ in world.lost()} == set(range(4))
        world.step(0)
        assert {install for install, _ in world.lost()} == set(range(4))
        world.skip(4 * DAY)
        assert min(day for _, day in world.held()) == datetime.fromtimestamp(world.time - 20 * DAY, UTC).date()


@pytest.mark.ci
@pytest.mark.parametrize("off", [10 * YEAR, -10 * YEAR])
@pytest.mark.parametrize("wrong", [60, 60 * DAY])
def test_a_clock_that_was_wrong_from_the_start(tmp_path: Path, off: float, wrong: float) -> None:
    """Whatever came before is there in some way; what comes once it is right has its day, a day later at the latest."""
    with closing(World(tmp_path / "data", off)) as world:
        world.report(1)
        world.skip(wrong)
        world.step(0)
        world.report(2)
        world.skip(DAY + HOUR)
        world.report(3)
        assert world.lost() == {world.came[0]}
        held = world.data.warehouse.holding(1)
        assert bool(held.apart) == (off > 0)
        assert bool(held.sightings) == (off < 0)


def test_a_machine_without_a_battery(tmp_path: Path) -> None:
    """Its clock is in 1970 at boot, and no report is of 1970; all have their days a minute after it is right."""
    with closing(World(tmp_path / "data", -NOON, earliest=NOON - 30 * DAY)) as world:
        world.report(1)
        assert world.held() == [(1, date(2025, 12, 2))]
        world.skip(DAY)
        world.report(2)
        world.step(0)
        world.report(3)
        world.skip(61, 30)
        assert world.held() == sorted(world.came)


@pytest.mark.ci
def test_an_erasure_under_a_clock_that_is_wrong(tmp_path: Path) -> None:
    """Keeps out what came before it, and nothing that comes after it: also once the clock is right, and after a restore."""
    for off in (10 * YEAR, -10 * YEAR):
        with closing(World(tmp_path / f"data{off}")) as world:
            world.report(1)
            world.skip(5 * DAY)
            world.step(off)
            world.skip(2 * DAY)
            world.report(1)
            backup = tmp_path / f"backup{off}"
            world.data.store.backup(backup, {})
            before = world.data.warehouse.holding(1)
            assert world.data.installations.erase([1]) is not None
            world.skip(HOUR)
            world.step(0)
            world.skip(HOUR)
            assert world.held() == []
            world.report(1)
            assert len(world.held()) == 1
            world.turn()
            restored = world.data.installations._tombstones.all()
            assert restored == {1: pytest.approx(world.time - 2 * HOUR, abs=2)}
            world.data.warehouse.load([Arrival(NOON, 1, 1, CONTENT)], inbox="a backup", through=1, now=world.data.now())
            assert len(world.held()) == 1
            assert before


@pytest.mark.ci
def test_a_report_that_is_sent_again_after_the_clock_is_right_is_no_second_one(tmp_path: Path) -> None:
    """Its id is as old as it."""
    with closing(World(tmp_path / "data")) as world:
        world.skip(5 * DAY)
        world.step(-10 * YEAR)
        world.skip(2 * DAY)
        world.report(7)
        world.step(0)
        world.skip(4 * DAY)
        world.inbox.append([Arrival(int(world.data.now()), 7, 1, CONTENT, report=1)])
        world.turn()
        assert world.held() == world.came


@pytest.mark.ci
def test_what_was_dropped_and_had_no_id_has_its_day(tmp_path: Path) -> None:
    """It counts in `coverage` on the day on which it came."""
    with closing(World(tmp_path / "data")) as world:
        world.skip(5 * DAY)
        world.step(700 * DAY)
        world.skip(2 * DAY)
        for what, install in (("anonymous", 0), ("dropped: not JSON", 8)):
            world.inbox.append([Arrival(int(world.data.now()), install, 1, CONTENT, what=what)])
        world.turn()
        world.step(0)
        today = datetime.fromtimestamp(world.time, UTC).date()
        with world.data.warehouse.snapshot() as snapshot:
            for table in ("anonymous", "drops"):
                assert snapshot.query(f"SELECT day FROM {table}", {}) == [(today,)]


@pytest.mark.ci
def test_a_move_is_done_once(tmp_path: Path) -> None:
    """Also where the server is ended between the warehouse's commit and the note of it."""
    with closing(World(tmp_path / "data")) as world:
        world.skip(5 * DAY)
        world.step(-30 * DAY)
        world.skip(2 * DAY)
        world.report(1)
        world.machine.step(30 * DAY)
        world.off = 0
        (move,) = world.data.clock.reckoning().moves[-1:]
        world.data.loader.load()
        world.data.warehouse.move(*move)
        world.restart()
        world.turn()
        assert world.held() == world.came
        assert world.data.clock.reckoning().moves == ()


def test_processes_on_a_directory_have_one_time(tmp_path: Path) -> None:
    """One that starts under a clock that is wrong has the time of the one that knows better."""
    machine = Machine(NOON)
    first = machine.clock(tmp_path / "clock")
    machine.skip(5 * DAY)
    first.keep(lambda: None, lambda move: None)
    machine.step(YEAR)
    assert first() == pytest.approx(machine.now - YEAR, abs=1)
    other = machine.clock(tmp_path / "clock")
    assert other() == pytest.approx(machine.now - YEAR, abs=1)
    for _ in range(9):
        machine.skip(3 * HOUR)
        first.keep(lambda: None, lambda move: None)
    assert first() == other() == machine.now


def test_a_clock_s_file_that_is_damaged_is_said_and_made_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The clock is looked at as for the first time, so that nothing is deleted by its age for days."""
    path = tmp_path / "clock"
    for damaged in ("", "[]", "{}", json.dumps({"look": 1, "turn": 2, "moves": 3})):
        path.write_text(damaged)
        machine = Machine(NOON)
        clock = machine.clock(path)
        assert clock() == NOON
        clock.keep(lambda: None, lambda move: None)
        assert clock.expiry(100) is None
        assert machine.clock(path)() == NOON
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 4


def test_nobody_waits_while_the_time_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for the query, nor for the disk: the time can be asked for within each, as the event loop does."""
    machine = Machine(NOON)
    clock = machine.clock(tmp_path / "clock")
    asked = []
    with ThreadPoolExecutor(1) as pool:

        def ask() -> float:
            machine.skip(2)
            asked.append(pool.submit(clock).result(5))
            return asked[-1]

        def write(path: Path, content: bytes) -> None:
            ask()
            write_durably(path, content)
            ask()

        monkeypatch.setattr("headcount.server.data.clock.write_durably", write)
        clock.keep(ask, lambda move: None)
        machine.skip(2 * HOUR)
        clock.keep(ask, lambda move: None)
    assert asked == [NOON + 2, NOON + 4, NOON + 6, NOON + 2 * HOUR + 8, NOON + 2 * HOUR + 10]
    assert machine.clock(tmp_path / "clock").reckoning().age is not None


def test_the_age_of_what_is_held_at_the_first_look_is_that_of_the_newest(tmp_path: Path) -> None:
    """Or a clock that is years ahead at the first look would have all deleted after some days."""
    machine = Machine(NOON + 10 * YEAR)
    clock = machine.clock(tmp_path / "clock")
    clock.keep(lambda: NOON, lambda move: None)
    for _ in range(10):
        machine.skip(DAY)
        clock()
    assert clock.expiry(100) == datetime.fromtimestamp(NOON - 90 * DAY, UTC).date()


def test_the_machine_s_own_clock(tmp_path: Path) -> None:
    """Is believed where nothing is wrong with it; the seconds that pass only grow."""
    clock = Clock(tmp_path / "clock")
    assert vocabulary_time() < clock()
    before = seconds_passed()
    assert seconds_passed() >= before > 0


STEPS = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1_200 * DAY, 9 * HOUR, -9 * HOUR, -5 * YEAR, 40 * DAY, -40 * DAY]),
        st.sampled_from([8, HOUR, 5 * HOUR, 2 * DAY, 10 * DAY]),
        st.integers(1, 3),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


def _nothing_is_lost(path: Path, script: Sequence[tuple[int, int, int, bool]]) -> None:
    with closing(World(path)) as world:
        world.report(1)
        for _ in range(90):  # a clock that was right for long
            world.machine.skip(DAY)
            world.data.clock.reckoning()
        world.turn()  # which notes it
        for off, seconds, install, restarts in script:
            world.step(off, turn=not restarts)
            if restarts:
                world.restart()
            world.report(install, turn=not restarts)
            world.skip(seconds)
            world.report(install)
        world.step(0)
        world.skip(2 * DAY)
        assert world.lost() == set(), world.held()


@pytest.mark.soak
@given(STEPS)
@settings(max_examples=10)
def test_whatever_a_clock_does_nothing_is_lost(
    tmp_path_factory: pytest.TempPathFactory, script: Sequence[tuple[int, int, int, bool]]
) -> None:
    """Each installation is held on each day on which it reported, once the clock is right: as if it had never been wrong."""
    _nothing_is_lost(tmp_path_factory.mktemp("w") / "data", script)


@pytest.mark.soak
@given(STEPS)
@settings(max_examples=100, derandomize=False)
def test_whatever_many_clocks_do_nothing_is_lost(
    tmp_path_factory: pytest.TempPathFactory, script: Sequence[tuple[int, int, int, bool]]
) -> None:
    """The same, many more times."""
    _nothing_is_lost(tmp_path_factory.mktemp("w") / "data", script)
