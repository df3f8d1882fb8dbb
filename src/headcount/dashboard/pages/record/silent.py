"""The share if those who do not report differ from those who do: a table of shades with the numbers in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from headcount.dashboard._words import percent
from headcount.questions import Answer

_TIMES = {0.5: "half as often", 1.0: "equally often", 2.0: "twice", 5.0: "5 times", 10.0: "10 times as often"}
_REPORTING = {0.5: "half of all report", 0.25: "a quarter", 0.1: "a tenth"}
_SHADES, _DARKEST = 10, 0.5  # shades, and the share from which on there is the darkest: the same on each page


class Shade(NamedTuple):
    """A cell: the share in words, and which shade it has, from 0 to 9."""

    text: str
    shade: int


class Shades(NamedTuple):
    """The table: what its columns and its rows stand for, in words, and its cells by row."""

    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Shade]]]


def shades(answer: Answer) -> Shades | None:
    """Return the table of an answer of `drop` by `silent`; None where there is nothing to estimate."""
    if not answer.rows:
        return None
    estimates = {(row["reporting"], row["times"]): float(row["estimate"] or 0) for row in answer.rows}
    times = sorted({float(time or 0) for _, time in estimates})
    parts = sorted({float(part or 0) for part, _ in estimates}, reverse=True)
    return Shades(
        [_TIMES.get(time, f"{time:g} times") for time in times],
        [(_REPORTING.get(part, percent(part)), [_shade(estimates[part, time]) for time in times]) for part in parts],
    )


def _shade(value: float) -> Shade:
    return Shade(percent(value), min(int(value / _DARKEST * _SHADES), _SHADES - 1))
