"""What time it is by a clock that steps: whatever it does, time does not, and no more goes than was lived through."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.server.data.reckoning import DAY, PATIENCE, TOLERANCE, Look, Reckoning

START = 1_800_000_000.0
YEAR = 365 * DAY
HELD = 100  # days


class World:
    """Time as it is, a clock that is off by some seconds, and what is reckoned from looks at it."""

    def __init__(self, off: float = 0.0) -> None:
        self.time, self.off, self.booted = START, off, 0
        self.known = Reckoning.begin(self._look(), 0.0).with_data(None)

    def _look(self) -> Look:
        return Look(self.time + self.off, self.time - self.booted, f"boot {self.booted}")

    def pass_(self, seconds: float, pause: float = DAY / 2) -> Reckoning:
        """Let time pass, with a look at the clock at each ``pause``."""
        while seconds > 0:
            self.time += min(pause, seconds)
            seconds -= pause
            self.look()
        return self.known

    def step(self, off: float) -> Reckoning:
        """Set the clock off by so many seconds."""
        self.off = off
        return self.look()

    def boot(self, seconds: float, off: float = 0.0) -> Reckoning:
        """Let the machine be off for so many seconds, and its clock be off then."""
        self.time += seconds
        self.booted += 1
        self.off = off
        return self.look()

    def look(self) -> Reckoning:
        """Look at the clock."""
        self.known = self.known.after(self._look(), 0.0)
        return self.known

    @property
    def error(self) -> float:
        """By how much what is believed is not the time."""
        return self.known.time - self.time


@pytest.fixture
def world() -> World:
    """A clock that was right for long."""
    made = World()
    made.pass_(30 * DAY)
    return made


STEPS = [-50 * YEAR, -YEAR, -9 * 3_600.0, 9 * 3_600.0, 1_200 * DAY]


@pytest.mark.parametrize("off", STEPS)
def test_a_clock_that_steps_for_less_than_a_day_is_not_followed(world: World, off: float) -> None:
    """Not for a second; when it is right again, nothing is to be moved, and three days later all is as it was."""
    world.step(off)
    for seconds in (8, 3_600, 19 * 3_600):
        world.pass_(seconds, seconds / 4)
        assert abs(world.error) <= 1
        assert world.known.expiry(HELD) is None
    world.step(0)
    assert world.known.doubt is None
    assert world.known.moves == ()
    assert world.pass_(PATIENCE - 1).expiry(HELD) is None
    assert not world.known.settled
    assert world.pass_(2).expiry(HELD) == pytest.approx(world.time - HELD * DAY, abs=700)
    assert world.known.settled


@pytest.mark.parametrize("off", STEPS)
@pytest.mark.parametrize("days", [2, 100])
def test_a_clock_that_was_wrong_for_long_is_right_at_once_when_it_is(world: World, off: float, days: int) -> None:
    """All that was received meanwhile is moved to its time, which the seconds that passed tell."""
    stepped = world.time
    world.step(off)
    world.pass_(days * DAY)
    assert world.error == pytest.approx(off, abs=1)
    world.step(0)
    assert abs(world.error) <= 1
    first, second = world.known.moves
    assert first.since == pytest.approx(stepped, abs=2)
    assert first.by == pytest.approx(off, abs=2)
    # What the first moved is moved back with all that followed.
    assert second.by == pytest.approx(-first.by, abs=2)
    assert second.since == pytest.approx(first.since + off, abs=2)
    assert second.through == pytest.approx(world.time + off, abs=2)


def test_a_clock_that_is_wrong_from_the_first_look_is_put_right(world: World) -> None:
    """After as long as it had been wrong, a day at most; what was received since it is right is moved to its time."""
    for wrong, doubted in ((20.0, 60.0), (3_600.0, 3_600.0), (90 * DAY, DAY)):
        for off in STEPS:
            new = World(off)
            new.pass_(wrong, wrong / 4)
            new.step(0)
            assert new.error == pytest.approx(off, abs=1)
            new.pass_(doubted + 10, doubted / 4)
            assert new.error == 0
            (move,) = new.known.moves
            assert move.by == pytest.approx(-off, abs=1)
            assert move.through - move.since == pytest.approx(doubted, abs=3_600)


def test_a_clock_before_the_vocabulary_is_never_believed() -> None:
    """As one without a battery is at boot: what is received is moved to its time as soon as that is known."""
    known = Reckoning.begin(Look(100.0, 5.0, ""), START)
    known = known.after(Look(100.0 + 2 * DAY, 5.0 + 2 * DAY, ""), START)
    assert known.time == START + 2 * DAY
    known = known.after(Look(START + YEAR, 7.0 + 2 * DAY, ""), START)
    for second in range(60):
        assert known.time == START + 2 * DAY + 2 + second
        known = known.after(Look(START + YEAR + second + 1, 8.0 + 2 * DAY + second, ""), START)
    assert known.time == START + YEAR + 60
    (move,) = known.moves
    assert (move.since, move.through, move.by) == (START, START + 2 * DAY + 62, YEAR - 2 * DAY - 2)


def test_a_server_that_was_off_has_the_time_at_once(world: World) -> None:
    """Nobody can tell that from a clock that stepped on: nothing goes for three days, then what was lived through."""
    before = world.known.age
    assert before is not None
    world.boot(30 * DAY)
    assert world.error == 0
    assert world.known.moves == ()
    assert world.pass_(PATIENCE - 1).expiry(HELD) is None
    for day in range(3, HELD):
        world.pass_(DAY if day > 3 else 2)
        assert world.known.expiry(HELD) == pytest.approx(before + day * DAY - HELD * DAY, abs=5)
    world.pass_(2 * DAY)
    assert world.known.expiry(HELD) == world.time - HELD * DAY  # what was held before is older than that by itself


def test_a_machine_that_boots_with_a_clock_behind_reckons_on(world: World) -> None:
    """Until its clock is right; what was received before that is moved by the time for which it was off."""
    world.boot(5 * DAY, off=-3 * YEAR)
    assert world.error == pytest.approx(-5 * DAY, abs=1)
    world.pass_(50, 1)
    world.step(0)
    assert world.error == 0
    (move,) = world.known.moves
    assert move.by == pytest.approx(5 * DAY, abs=1)
    assert move.through - move.since == pytest.approx(50, abs=2)


def test_a_clock_that_drifts_is_followed(world: World) -> None:
    """By a minute a day: nobody would call that a step."""
    for _ in range(300):
        world.off += 60
        world.pass_(DAY)
    assert world.known.time == world.time + world.off
    assert world.known.expiry(HELD) == world.known.time - HELD * DAY
    assert not world.known.stepped


def test_a_clock_that_is_ahead_for_months_takes_a_day_for_each(world: World) -> None:
    """And nothing at all while it is doubted, and three days on."""
    right = world.time - HELD * DAY
    world.step(5 * YEAR)
    for day in range(HELD - 5):
        world.pass_(DAY)
        expiry = world.known.expiry(HELD)
        assert expiry is None or expiry <= right + (day + 1) * DAY + 1
    assert world.known.expiry(HELD) == pytest.approx(right + (HELD - 5) * DAY, abs=60)


WORLDS = st.lists(
    st.tuples(
        st.sampled_from(["step", "boot"]),
        st.sampled_from([0.0, 0.0, *STEPS, 2 * DAY, -DAY]),
        st.sampled_from([5.0, 600.0, 7_200.0, DAY, 5 * DAY, 40 * DAY]),
    ),
    max_size=8,
)


def _lived(script: Sequence[tuple[str, float, float]]) -> Iterator[World]:
    world = World()
    world.pass_(10 * DAY, DAY / 4)
    for what, off, seconds in script:
        if what == "step":
            world.step(off)
        else:
            world.boot(seconds, off)
        world.pass_(seconds, min(seconds / 3, DAY))
        world.known = Reckoning.from_json(json.loads(json.dumps(world.known.to_json())))
        yield world


def _nothing_goes_too_soon(script: Sequence[tuple[str, float, float]]) -> None:
    for world in _lived(script):
        assert world.known.age is not None
        expiry = world.known.expiry(HELD)
        if expiry is not None and world.known.quiet < HELD * DAY:
            assert expiry <= world.time - HELD * DAY + 2 * TOLERANCE * len(script)
    world.step(0)
    world.pass_(DAY + PATIENCE + 1)
    assert world.error == 0
    assert world.known.doubt is None
    assert world.pass_((HELD + 1) * DAY).expiry(HELD) == world.time - HELD * DAY


@given(WORLDS.filter(bool))
@settings(max_examples=40)
def test_whatever_a_clock_does_nothing_goes_too_soon(script: Sequence[tuple[str, float, float]]) -> None:
    """And once it is right, it is believed after a day, and what is too old goes again when all is old enough by itself."""
    _nothing_goes_too_soon(script)


@pytest.mark.soak
@given(WORLDS.filter(bool))
@settings(max_examples=4_000, derandomize=False)
def test_whatever_many_clocks_do_nothing_goes_too_soon(script: Sequence[tuple[str, float, float]]) -> None:
    """The same, many more times."""
    _nothing_goes_too_soon(script)
