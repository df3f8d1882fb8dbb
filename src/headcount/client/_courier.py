"""The courier: tries to deliver a report until it is accepted or refused, with growing, jittered pauses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, NamedTuple

if TYPE_CHECKING:
    from twisted.internet import defer

    from headcount.client._deliver import Outcome

_FIRST = 4.0  # seconds to the second try
_GROWTH = 3.0
_LONGEST = 6 * 3600.0  # seconds between two tries


class Try(NamedTuple):
    """One try: a Deferred of its outcome, which never fails and fires when the try has ended, and what withdraws it."""

    outcome: defer.Deferred[Outcome]
    withdraw: Callable[[], None]


Attempt = Callable[[], Try]


def pause(tries: int, wait: float, chance: float) -> float:
    """Return the seconds to wait after so many tries: growing, jittered, and no less than ``wait``, which
    the collector asked for.

    ``chance``, from 0 to 1, spreads the pause from half to one and a half of itself, so that masters that
    were refused together do not come back together.
    """
    growing: float = min(_FIRST * _GROWTH ** min(tries - 1, 20), _LONGEST)
    return max(growing * (0.5 + chance), wait * (1 + chance / 2))


class Courier:
    """Delivers one report at a time; a newer report replaces one that was not delivered.

    No try begins before the one before it has ended. ``clock``: has Twisted's ``callLater``; ``chance``:
    returns numbers from 0 to 1; ``say``: writes a line to the log; ``check`` is called before each try, and
    may stop it; ``accepted`` is called when the report was accepted, unless it was withdrawn before.
    """

    def __init__(
        self,
        clock: Any,
        chance: Callable[[], float],
        say: Callable[[str], None],
        check: Callable[[], None] = lambda: None,
        accepted: Callable[[], None] = lambda: None,
    ) -> None:
        self._check = check
        self._accepted = accepted
        self._clock = clock
        self._chance = chance
        self._say = say
        self._report = 0  # counts reports: the outcome of an older one does not matter
        self._attempt: Attempt | None = None  # of the report to deliver; None where nothing is to be delivered
        self._tries: int  # of that report
        self._remark = ""
        self._under_way: Try | None = None
        self._waiting: Any = None

    @property
    def is_delivering(self) -> bool:
        """Whether there is a report that was neither accepted nor refused."""
        return self._attempt is not None

    def send(self, attempt: Attempt, remark: str = "") -> None:
        """Deliver a report by ``attempt``, which begins a try; withdraw the one before.

        ``remark``: what the line in the log adds, once the report was accepted.
        """
        self.stop()
        self._attempt = attempt
        self._remark = remark
        self._tries = 0
        if self._under_way is None:
            self._try()

    def stop(self) -> bool:
        """Withdraw the report: break off the try that is under way, and try no more.

        Returns whether there was a report to withdraw.
        """
        was_delivering = self.is_delivering
        self._report += 1
        self._attempt = None
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        if self._under_way is not None:
            self._under_way.withdraw()
        return was_delivering

    def _try(self) -> None:
        self._waiting = None
        if self._attempt is not None:
            self._check()
        if self._attempt is not None:
            self._tries += 1
            self._under_way = self._attempt()
            self._under_way.outcome.addCallback(self._tried, self._report, self._tries, self._remark)

    def _tried(self, outcome: Outcome, report: int, tries: int, remark: str) -> None:
        self._under_way = None
        if outcome.kind == "accepted":
            self._say(_receipt(outcome, tries, remark))
        elif outcome.kind == "refused":
            self._say(f"the collector refused the report, it is not sent again: {outcome.detail}")
        if report != self._report:
            self._try()
        elif outcome.kind != "later":
            self._attempt = None
            if outcome.kind == "accepted":
                self._accepted()
        else:
            if tries == 1:  # once: a collector that is gone for a month fills no log
                self._say(
                    f"the report was not delivered: {outcome.detail}; it is tried again, quietly, while the master runs"
                )
            self._waiting = self._clock.callLater(pause(tries, outcome.wait, self._chance()), self._try)


def _receipt(outcome: Outcome, tries: int, remark: str) -> str:
    parts = ["the collector accepted the report" + (f" at try {tries}" if tries > 1 else "")]
    if outcome.counted is not None:
        parts.append(f"it counted {outcome.counted.installations:,} installations in {outcome.counted.week}")
    return "; ".join([*parts, *([remark] if remark else [])])
