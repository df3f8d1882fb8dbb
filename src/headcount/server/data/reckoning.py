"""The reckoning: what time it is by a clock that may be wrong, from looks at it and at seconds that only pass.

Where the clock went on as the seconds passed, its time is believed. Where it stepped, time is reckoned on from before the
step, and the clock is *doubted*: until it comes back to the reckoning, or has run on, unbroken, for as long as the
reckoning had before, or for a day. Then it is believed, and what was received meanwhile is to be *moved* to its time.
What is older than it may be, and goes for good, goes by *age* alone: by the time that was lived through.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

DAY = 86_400.0
PATIENCE = 3 * DAY
"""Seconds for which the clock must have run on, unbroken, before anything is deleted by its age."""

TOLERANCE = 600.0
"""Seconds by which a clock may differ from the reckoning; by so much the clocks of two machines do."""

_LEAST, _MOST = 60.0, DAY  # seconds for which a clock that stepped is doubted
_EXACT = 3_600.0  # seconds by which a return to a time that was left may miss it


class Look(NamedTuple):
    """A look at the clock (Unix time), at the seconds since the machine was booted, and at the name of that boot."""

    clock: float
    passed: float
    boot: str


class Turn(NamedTuple):
    """The last time that the clock was believed after a step.

    ``left`` and ``reached``: Unix time before and after the step; ``lowered``: by how many seconds the age fell; ``run``:
    seconds for which the time that was left had run; ``certain``: False where the machine may just have been off meanwhile.
    """

    left: float
    reached: float
    lowered: float
    run: float
    certain: bool


class Move(NamedTuple):
    """What was received from ``since`` through ``through``, Unix time, was received ``by`` seconds later; under a name."""

    name: str
    since: int
    through: int
    by: int


@dataclass(frozen=True)
class Reckoning:
    """What is known after a look.

    ``time``: what is believed, Unix time; ``run``: seconds for which that had run when it was last the clock's; ``quiet``:
    seconds since the last step; ``age``: the time, Unix time, by which things are old enough to go, None until it is known
    how new the data are; ``stepped``: whether the clock ever did; ``doubt``: since when, by ``time``, the clock is doubted;
    ``booted``: whether the machine was booted since; ``moves``: what is still to be moved.
    """

    look: Look
    time: float
    run: float = 0.0
    quiet: float = 0.0
    age: float | None = None
    stepped: bool = False
    doubt: float | None = None
    booted: bool = False
    turn: Turn | None = None
    moves: tuple[Move, ...] = ()

    @classmethod
    def begin(cls, look: Look, earliest: float) -> Reckoning:
        """Return the reckoning of the first look; ``earliest``: Unix time before which no clock is right."""
        if look.clock < earliest:
            return cls(look, earliest, stepped=True, doubt=earliest)
        return cls(look, look.clock)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Reckoning:
        """Return what `to_json` wrote. Raises KeyError, TypeError or ValueError where it is something else."""
        turn, moves = value["turn"], value["moves"]
        return cls(
            **{
                **value,
                "look": Look(*value["look"]),
                "turn": None if turn is None else Turn(*turn),
                "moves": tuple(Move(*move) for move in moves),
            }
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self)

    @property
    def ahead(self) -> float:
        """By how many seconds the clock is ahead of what is believed; 0 where it is believed."""
        return self.look.clock - self.time

    def after(self, look: Look, earliest: float) -> Reckoning:
        """Return the reckoning after another look."""
        moved = look.clock - self.look.clock
        passed = look.passed - self.look.passed
        if look.boot != self.look.boot or passed < 0:
            return _judged(_after_boot(self, look, moved), earliest)
        aged = _aged(self, look, passed)
        if abs(moved - passed) > TOLERANCE:
            aged = replace(aged, quiet=0.0, stepped=True)
        return _judged(aged, earliest)

    def expiry(self, days: float) -> float | None:
        """Return before when, Unix time, what is held for so many days is too old; None where that is not known now.

        It is at most a day later for each day that was lived through. What was received since the last step is as old as the
        clock says, and all else at least as old as that step: where that is old enough, the clock is believed whole.
        """
        if self.age is None or self.doubt is not None or self.quiet < PATIENCE:
            return None
        believed = self.time if self.quiet >= days * DAY else min(self.age, self.time)
        return believed - days * DAY

    @property
    def settled(self) -> bool:
        """Whether what cannot be undone may be done by the calendar: the clock did not step of late."""
        return self.doubt is None and (not self.stepped or self.quiet >= PATIENCE)

    def with_data(self, newest: float | None) -> Reckoning:
        """Return it with the age of data that may be from before the first look: nobody knows how long ago they came."""
        return self if self.age is not None else replace(self, age=min(self.time, newest or self.time))


def _aged(known: Reckoning, look: Look, passed: float) -> Reckoning:
    """Return it when so many seconds have passed; of a long silence a day at most counts as lived through."""
    lived = min(passed, DAY)
    return replace(
        known,
        look=look,
        time=known.time + passed,
        run=known.run + (lived if known.doubt is None else 0.0),
        quiet=known.quiet + lived,
        age=None if known.age is None else known.age + lived,
    )


def _after_boot(known: Reckoning, look: Look, moved: float) -> Reckoning:
    """Return it after a boot: how long the machine was off the clock alone tells, and that was not lived through."""
    if -TOLERANCE <= moved <= DAY:
        return replace(known, look=look, time=known.time + max(0.0, moved))
    stepped = replace(known, look=look, quiet=0.0, stepped=True, booted=True)
    return replace(stepped, time=known.time + max(0.0, moved)) if known.doubt is not None else stepped


def _judged(known: Reckoning, earliest: float) -> Reckoning:
    """Return it with the clock believed, where that is what was reckoned, or doubted."""
    if abs(known.ahead) > TOLERANCE and known.doubt is None:
        known = _stepped(known)
    if abs(known.ahead) > TOLERANCE:
        return _doubted(known, earliest)
    age = known.age
    if age is not None and 0 <= known.look.clock - age <= 2 * TOLERANCE:
        age = known.look.clock  # so that small differences do not add up
    return replace(known, time=known.look.clock, age=age, doubt=None, booted=False)


def _stepped(known: Reckoning) -> Reckoning:
    """Return it with the clock doubted from now on.

    Where it was believed after a step before for less long than till then, it was wrong: the time of before is reckoned on.
    """
    turn = known.turn
    if turn is not None and turn.certain and known.run <= turn.run:
        back = _moved(_raised(known, turn.lowered), turn.reached, turn.left - turn.reached)
        again = Turn(turn.reached, turn.left, 0.0, known.run, certain=True)
        known = replace(back, run=turn.run, turn=None if abs(back.ahead) <= TOLERANCE else again)
    begin = math.floor(known.time) + 1.0  # so that no second has reports of before and of after
    return replace(known, time=begin, doubt=begin, quiet=0.0, stepped=True)


def _doubted(known: Reckoning, earliest: float) -> Reckoning:
    """Return it with the clock doubted, or believed where it was for long enough, or came back from its last turn."""
    doubt, ahead = known.doubt or 0.0, known.ahead
    if known.booted and ahead > 0 and known.look.clock >= earliest:  # it was off; or is ahead, which nobody can tell
        return _believed(known, doubt, Turn(doubt, doubt + ahead, 0.0, known.run, certain=False), run=0.0)
    back = known.turn if known.turn is not None and _returns(known, known.turn) else None
    at_once = back is not None and back.certain
    if known.look.clock < earliest or not (at_once or known.quiet >= min(max(known.run, _LEAST), _MOST)):
        return known
    if back is not None:
        return _believed(_raised(known, back.lowered), back.reached, None, run=known.quiet)
    lowered = max(0.0, (known.age or 0.0) - known.look.clock)
    turn = Turn(doubt, doubt + ahead, lowered, known.run, certain=not known.booted)
    return _believed(known, doubt, turn, run=known.quiet)


def _returns(known: Reckoning, turn: Turn) -> bool:
    """Return whether the clock came back to the time that it left at the last turn.

    Where the machine was off then, nobody knows for how long; so it comes back to some time after that.
    """
    gap = turn.reached - turn.left
    if turn.certain:
        return abs(gap + known.ahead) <= _EXACT
    if gap < 0:
        return known.ahead >= -gap - _EXACT
    return 0 < -known.ahead <= gap + _EXACT and known.run <= PATIENCE


def _believed(known: Reckoning, since: float, turn: Turn | None, run: float) -> Reckoning:
    """Return it with the clock believed from now on; what was received since then is to be moved to its time."""
    moved = _moved(known, since, known.ahead)
    age = None if known.age is None else min(known.age, known.look.clock)
    return replace(moved, time=known.look.clock, run=run, age=age, doubt=None, booted=False, turn=turn)


def _moved(known: Reckoning, since: float, by: float) -> Reckoning:
    """Return it at a time that is ``by`` seconds later, to which what was received since then is to be moved."""
    move = Move(f"{known.look.clock:.0f} {by:.0f}", math.floor(since), int(known.time), round(by))
    moves = (*known.moves, move) if move.since < move.through else known.moves
    return replace(known, time=known.time + by, moves=moves)


def _raised(known: Reckoning, by: float) -> Reckoning:
    return known if known.age is None else replace(known, age=known.age + by)
