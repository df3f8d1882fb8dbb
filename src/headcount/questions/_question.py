"""What a question is: the ways to ask it, the columns of its answer, and of which installations it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Literal

from headcount.questions._windows import Window

Basis = Literal["alive", "confirmed", "seen"]
Cell = str | int | float
Row = dict[str, Cell]

BASES: Mapping[Basis, str] = {
    "alive": "seen in the 13 months before the end of the window, by their last report in them",
    "confirmed": "alive, and seen on two different days of their life",
    "seen": "seen in the window, by their last report in it",
}
"""Which installations an answer is about."""


class BadQuestion(ValueError):
    """The question cannot be asked so; the message says how it can."""


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of an answer: its name, what it means, how a value of the warehouse is shown, whether it is a share."""

    name: str
    meaning: str
    show: Callable[[object], Cell] = lambda value: value if isinstance(value, str | int | float) else str(value)
    is_share: bool = False


@dataclasses.dataclass(frozen=True)
class Totals:
    """What the rows of an answer are parts of.

    ``denominator``: the installations that the shares are of; ``everyone``: those of the basis that answered, whether or not
    they match the condition.
    """

    denominator: int
    everyone: int
    window: Window


@dataclasses.dataclass(frozen=True)
class Run:
    """One run of a statement, where an answer takes several: what stands before its rows, the window, more parameters."""

    prefix: tuple[object, ...]
    window: Window
    parameters: Mapping[str, str | int] = dataclasses.field(default_factory=dict)


Found = Sequence[tuple[object, ...]]
"""The rows of a statement, or of its runs one after the other, each behind its run's prefix."""


@dataclasses.dataclass(frozen=True)
class Breakdown:
    """One way to ask a question (its ``by``).

    ``sql``: the statement's file; ``columns``: those of the answer, in order: the statement's own unless ``finish``
    makes the rows; ``denominator``: the fragment that counts those of whom the shares are, by level; ``field``: the
    field of the catalog that they answered, ``also``: a second one; ``fill``: places of the statement;
    ``parameters``: what it is given beside the window; ``days``: the default length of a window of basis ``seen``;
    ``widen``: the window is widened to whole ones of these; ``starts``: the window begins on this day, of any basis;
    ``counted``: over which window the denominator counts; ``current``: only the present is known, so the window
    cannot end before the newest report; ``runs``: what the statement is run for, if not once for the window;
    ``filtered``: the breakdown to use where there is a condition; ``subject``: the condition is what the question is
    about, and not a filter: it must be given, and the shares are of those that match it (``matching``) or of all
    (``everyone``); ``whom``: of whom the shares are, where the field does not tell.
    """

    sql: str
    columns: tuple[Column, ...]
    denominator: str = "answered"
    field: str = ""
    also: str = ""
    fill: Mapping[str, str] = dataclasses.field(default_factory=dict)
    parameters: Mapping[str, str | int] = dataclasses.field(default_factory=dict)
    bases: tuple[Basis, ...] = ("alive", "confirmed", "seen")
    days: int = 30
    widen: Literal["day", "week", "month"] = "day"
    starts: date | None = None
    counted: Callable[[Window], Window] = lambda window: window
    current: bool = False
    runs: Callable[[Window], Iterable[Run]] | None = None
    finish: Callable[[Found, Totals], list[Row]] | None = None
    filtered: Breakdown | None = None
    subject: Literal["", "matching", "everyone"] = ""
    whom: str = ""

    def of_whom(self, basis: str, where: str | None) -> str:
        """Whom the shares are of, in words that follow ``installations``."""
        if self.subject == "everyone":
            return f"{basis} that answered what `{where}` asks"
        fields = " and ".join(path for path in (self.field, self.also) if path)
        if self.denominator == "answered_full":
            fields += " at full"
        whom = self.whom or (f"{basis} that answered {fields}" if fields else basis)
        return f"{whom} and match `{where}`" if where else whom


@dataclasses.dataclass(frozen=True)
class Question:
    """A question: ``title`` in a few words, ``meaning`` in sentences, and the ways to ask it, the default first."""

    name: str
    title: str
    meaning: str
    by: Mapping[str, Breakdown]


def share(part: int, whole: int) -> float:
    """A part of a whole, to four places; 0 of nothing."""
    return round(part / whole, 4) if whole else 0.0
