"""Answers to requests: parameters in text are read and checked, and answers are kept until the data changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

from headcount.questions import Answer, BadQuestion, ask
from headcount.warehouse import DuckWarehouse

PARAMETERS = frozenset({"by", "basis", "since", "until", "where"})
_KEPT = 500  # answers; they are small, and a page needs about ten


class Answers:
    """Asks a warehouse. ``now`` gives Unix time. Safe in any thread."""

    def __init__(self, warehouse: DuckWarehouse, now: Callable[[], float]) -> None:
        self._warehouse = warehouse
        self._now = now
        self._lock = threading.Lock()
        self._kept: dict[tuple[object, ...], Answer] = {}
        self._version = warehouse.version

    def ask(self, question: str, /, **parameters: str | None) -> Answer:
        """Answer a question; days are ISO strings. Raises `BadQuestion`."""
        today = datetime.fromtimestamp(self._now(), UTC).date()
        key = (question, today, *sorted(parameters.items()))
        with self._lock:
            version = self._warehouse.version
            if version != self._version or len(self._kept) >= _KEPT:
                self._kept.clear()
                self._version = version
            if key in self._kept:
                return self._kept[key]
        answer = _ask(self._warehouse, question, parameters, today)
        with self._lock:
            if version == self._warehouse.version == self._version:
                self._kept[key] = answer
        return answer


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
