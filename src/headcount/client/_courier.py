"""The courier: tries to deliver a report until it is accepted or refused, with growing, jittered pauses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from twisted.internet import defer

    from headcount.client._deliver import Outcome

_FIRST = 4.0  # seconds to the second try
_GROWTH = 3.0
_LONGEST = 6 * 3600.0  # seconds between two tries

Attempt = Callable[[], "defer.Deferred[Outcome]"]


def pause(tries: int, wait: float, chance: float) -> float:
    """Return the seconds to wait after so many tries: growing, jittered, and no less than ``wait``, which
    the collector asked for.

    ``chance``, from 0 to 1, spreads the pause from half to one and a half of itself, so that masters that
    were refused together do not come back together.
    """
    growing: float = min(_FIRST * _GROWTH ** min(tries - 1, 20), _LONGEST)
    return max(growing * (0.5 + chance), wait * (1 + chance / 2))


class Courier:
    """Delivers one report at a time; a newer report replaces one that still waits.

    ``clock``: has Twisted's ``callLater``; ``chance``: returns numbers from 0 to 1; ``say``: writes a line
    to the log.
    """

    def __init__(self, clock: Any, chance: Callable[[], float], say: Callable[[str], None]) -> None:
        self._clock = clock
        self._chance = chance
        self._say = say
        self._round = 0  # a try that ends in an older round is not repeated
        self._waiting: Any = None

    def send(self, attempt: Attempt) -> None:
        """Deliver a report by ``attempt``, which tries once; its Deferred never fails."""
        self.stop()
        self._try(attempt, self._round, 1)

    def stop(self) -> None:
        """Try no more."""
        self._round += 1
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _try(self, attempt: Attempt, round_: int, tries: int) -> None:
        self._waiting = None
        attempt().addCallback(self._tried, attempt, round_, tries)

    def _tried(self, outcome: Outcome, attempt: Attempt, round_: int, tries: int) -> None:
        if outcome.kind == "accepted":
            self._say("the collector accepted the report" + (f" at try {tries}" if tries > 1 else ""))
        elif outcome.kind == "refused":
            self._say(f"the collector refused the report, it is not sent again: {outcome.detail}")
        elif round_ == self._round:
            if tries == 1:  # once: a collector that is gone for a month fills no log
                self._say(
                    f"the report was not delivered: {outcome.detail}; it is tried again, quietly, while the master runs"
                )
            seconds = pause(tries, outcome.wait, self._chance())
            self._waiting = self._clock.callLater(seconds, self._try, attempt, round_, tries + 1)
