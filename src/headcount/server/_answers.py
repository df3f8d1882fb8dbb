"""Answers to requests: parameters in text are read and checked, and answers are kept until the data changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple

from headcount.questions import Answer, BadQuestion, ask
from headcount.warehouse import DuckWarehouse

PARAMETERS = frozenset({"by", "basis", "since", "until", "where"})
_KEPT = 500  # answers; they are small, and a page needs about ten
_CHEAP = 0.1  # seconds; an answer that took no longer is always of the newest data
_PATIENCE = 30  # times as long as it took to make, an answer is shown though reports came
_LONGEST = 60.0  # seconds that it is at most


class _Kept(NamedTuple):
    """``took``: the shorter of the last two times that it took, since the first is often longer; 0 after the first."""

    answer: Answer
    version: int
    made: float
    took: float
    took_now: float


class Answers:
    """Asks a warehouse. ``now`` gives Unix time, ``clock`` seconds that only pass. Safe in any thread.

    While the data is the same an answer is kept. On a large fleet reports come all the time: there an answer that takes long
    is shown for some time more, and its `data_until` says so, or a page would be made anew at each look. No correction of
    the data waits for that.
    """

    def __init__(
        self, warehouse: DuckWarehouse, now: Callable[[], float], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._warehouse = warehouse
        self._now = now
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[tuple[object, ...], _Kept] = {}
        self._corrections = warehouse.corrections

    def ask(self, question: str, /, **parameters: str | None) -> Answer:
        """Answer a question; days are ISO strings. Raises `BadQuestion`."""
        today = datetime.fromtimestamp(self._now(), UTC).date()
        key = (question, today, *sorted(parameters.items()))
        start = self._clock()
        with self._lock:
            corrections, version = self._warehouse.corrections, self._warehouse.version
            if corrections != self._corrections or len(self._kept) >= _KEPT:
                self._kept.clear()
                self._corrections = corrections
            kept = self._kept.get(key)
        if kept is not None and (kept.version == version or start - kept.made < _patience(kept.took)):
            return kept.answer
        answer = _ask(self._warehouse, question, parameters, today)
        made = self._clock()
        with self._lock:
            if corrections == self._warehouse.corrections == self._corrections:
                took = 0.0 if kept is None else min(kept.took_now, made - start)
                self._kept[key] = _Kept(answer, version, made, took, made - start)
        return answer


def _patience(took: float) -> float:
    return 0.0 if took <= _CHEAP else min(_LONGEST, _PATIENCE * took)


def _ask(warehouse: DuckWarehouse, question: str, parameters: Mapping[str, str | None], today: date) -> Answer:
    unknown = parameters.keys() - PARAMETERS
    if unknown:
        raise BadQuestion(f"there is no parameter {min(unknown)!r}: there are {', '.join(sorted(PARAMETERS))}")
    return ask(
        warehouse,
        question,
        today=today,
        by=parameters.get("by"),
        basis=parameters.get("basis"),
        since=_day("since", parameters.get("since")),
        until=_day("until", parameters.get("until")),
        where=parameters.get("where"),
    )


def _day(name: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuestion(f"{name} must be a day such as 2026-10-31, not {text!r}") from None
