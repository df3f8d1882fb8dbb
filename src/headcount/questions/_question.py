"""The parts of a question: the ways to ask it, their statements, their scope, and how the answers look."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal, Protocol

from headcount.questions._query import Query
from headcount.questions._windows import Window
from headcount.warehouse import Cells

Basis = Literal["alive", "confirmed", "seen"]
Cell = str | int | float
Grain = Literal["series", "release"]
"""What a row of versions stands for."""
Row = dict[str, Cell]
Rows = Sequence[Mapping[str, Cell | None]]
"""Rows in which what is not known is None."""

Chart = Literal[
    "alive", "bands", "bounds", "changes", "coverage", "cumulative", "dumbbells", "floods", "intervals", "over_periods",
    "over_time", "pairs", "points", "quantiles", "ranking", "rates", "reports", "shades", "turnover", "versions",
]  # fmt: skip
"""The kinds of chart; the dashboard draws each."""

BASES: Mapping[Basis, str] = {
    "alive": "seen in the 13 months before the end of the window and not set apart in a flood, by their last report in them",
    "confirmed": "alive, and seen on two different days of their life",
    "seen": "seen in the window, by their last report in it",
}
"""The installations that an answer can be about, each basis with what it means."""


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of an answer.

    ``show`` returns the cell for a value of the statement; ``is_share``: whether it is a share, from 0
    to 1.
    """

    name: str
    meaning: str
    show: Callable[[Any], Cell] = lambda value: value if isinstance(value, str | int | float) else str(value)
    is_share: bool = False


@dataclasses.dataclass(frozen=True)
class Totals:
    """The wholes of which an answer gives parts.

    ``denominator``: how many installations the shares are of; ``everyone``: how many of the basis
    answered, whether or not they match the condition; ``window``: the window of the answer.
    """

    denominator: int
    everyone: int
    window: Window


@dataclasses.dataclass(frozen=True)
class Run:
    """One run of a statement, where an answer takes several.

    ``prefix``: the cells that are put before those of each of its rows; ``parameters``: beside the
    statement's own.
    """

    prefix: Cells
    window: Window
    parameters: Mapping[str, str | int] = dataclasses.field(default_factory=dict)


Results = Sequence[Cells]
"""The rows of a statement, or of its runs one after the other, each behind its run's prefix."""


@dataclasses.dataclass(frozen=True)
class Statement:
    """The SQL that gives the rows of an answer."""

    file: str
    """The name of its file."""
    filtered: str = ""
    """The name of the file that takes its place where there is a condition; empty: the same file."""
    fill: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """The texts of its places; a text that is the name of a fragment stands for the fragment."""
    parameters: Mapping[str, str | int] = dataclasses.field(default_factory=dict)
    """The values of its parameters, beside those of the window and of the fields."""
    needs: Literal["", "parts", "classes"] = ""
    """What a condition must have for it to be run: in an analysis it has no rows otherwise."""
    runs: Callable[[Window], Iterable[Run]] | None = None
    """Returns its runs for a window; None: it is run once, over that window."""


@dataclasses.dataclass(frozen=True)
class Scope:
    """The installations and the days that an answer is about."""

    fields: tuple[str, ...] = ()
    """The paths of the catalog, two at most, that these installations answered."""
    denominator: str = "answered"
    """The fragment that counts these installations, by level."""
    bases: tuple[Basis, ...] = ("alive", "confirmed", "seen")
    """The bases that can be asked of, the default first."""
    days: int = 30
    """The length of a window of the basis ``seen``, unless its first day is given."""
    widen: Literal["day", "week", "month"] = "day"
    """A window is widened to whole ones of these."""
    starts: date | None = None
    """The first day of every window, of any basis."""
    counted: Callable[[Window], Window] = lambda window: window
    """Returns the window over which the denominator counts, for the window of the answer."""
    current: bool = False
    """Whether only the present is known, so that no window ends before the newest report."""
    subject: Literal["", "matching", "everyone"] = ""
    """Where the question is about the condition, which must then be given and does not filter: whether
    the shares are of the installations that match it (``matching``) or of all that answered it
    (``everyone``).
    """
    judged: str = ""
    """Over periods: by which report a condition is judged, in words. It does not filter, so that the shares are of all."""
    whom: str = ""
    """Of whom the shares are, in words, where the fields do not tell."""

    def of_whom(self, basis: str, where: str | None) -> str:
        """Return of whom the shares are, in words that follow ``installations``."""
        if self.subject == "everyone" and self.whom:
            return f"{basis} {self.whom}"
        if self.subject == "everyone":
            return f"{basis} that answered what `{where}` asks"
        fields = " and ".join(self.fields)
        if self.denominator == "answered_full":
            fields += " at full"
        whom = self.whom or (f"{basis} that answered {fields}" if fields else basis)
        if where and self.judged:
            return f"{whom}; `{where}` is judged by {self.judged}"
        return f"{whom} and match `{where}`" if where else whom

    @property
    def filters(self) -> bool:
        """Whether a condition filters whom the answer is about."""
        return not self.subject and not self.judged


@dataclasses.dataclass(frozen=True)
class Shown:
    """How an answer looks."""

    columns: tuple[Column, ...]
    """Its columns in order, without ``share``, which follows ``installations``."""
    finish: Callable[[Results, Totals], Rows] | None = None
    """Returns the rows of the answer for those of the statement; None: they have the same columns."""
    chart: Chart = "ranking"
    """How it is drawn."""
    grain: Grain | None = None
    """What a row about a version is of."""
    sample: bool = True
    """Whether each share estimates one of all installations, so that an interval may stand beside it."""


@dataclasses.dataclass(frozen=True)
class Table:
    """A table beside the rows of an answer; ``denominator``: what its shares are of, None where each row has its own."""

    rows: Rows
    denominator: int | None = None


@dataclasses.dataclass(frozen=True)
class Findings:
    """What an analysis finds.

    ``rows``: of the breakdown's columns; ``tables``: those beside it, by name; ``denominator``: what the shares of the rows
    are of; ``levels``: how many of those report at each level; ``tested``: how many hypotheses were tested, of which
    those that are shown are a part.
    """

    denominator: int
    rows: Rows
    tables: Mapping[str, Table] = dataclasses.field(default_factory=dict)
    levels: Mapping[str, int] = dataclasses.field(default_factory=dict)
    tested: int | None = None


class Execution(Protocol):
    """What an analysis runs its statements with: a snapshot, a basis, a window and a condition."""

    @property
    def query(self) -> Query:
        """The query as it was asked."""

    @property
    def basis(self) -> Basis:
        """The basis that it asks of."""

    @property
    def window(self) -> Window:
        """The window of the answer."""

    @property
    def parts(self) -> Sequence[str]:
        """The parts of the condition, as it was asked, that a list has or `or` joins; none where there is no such part."""

    @property
    def named(self) -> Collection[str]:
        """The classes that the condition names."""

    @property
    def newest(self) -> date | None:
        """The day (UTC) of the newest report; None while there is none."""

    @property
    def held_since(self) -> date | None:
        """The first day (UTC) of which a report is held; None while there is none."""

    def rows(
        self, name: str, window: Window | None = None, parameters: Mapping[str, str | int] | None = None
    ) -> Results:
        """Return the rows of a statement of the analysis, by its name, over a window: that of the answer unless given."""

    def levels(self, window: Window | None = None, *, everyone: bool = False) -> Mapping[str, int]:
        """Return the denominator of the scope by level; ``everyone``: whether or not they match the condition."""


@dataclasses.dataclass(frozen=True)
class Analysis:
    """Statements, by name, and what is computed of them, for an answer that takes more than one."""

    statements: Mapping[str, Statement]
    compute: Callable[[Execution], Findings]


@dataclasses.dataclass(frozen=True)
class Breakdown:
    """One way to ask a question (its ``by``): what is run, over what, and how the answer looks.

    ``statement`` is run, unless there is an ``analysis``. ``tables``: the columns of each table beside the rows, by name;
    ``over``: what is asked in its place where it is asked over periods; ``takes``: ``with`` or ``support``, where it takes
    them.
    """

    statement: Statement
    scope: Scope
    shown: Shown
    analysis: Analysis | None = None
    tables: Mapping[str, tuple[Column, ...]] = dataclasses.field(default_factory=dict)
    over: Breakdown | None = None
    takes: frozenset[str] = frozenset()

    @property
    def parameters(self) -> Mapping[str, str | int]:
        """The parameters that do not depend on the window: ``$field``, ``$also`` and the statement's own."""
        fields = self.scope.fields or ("",)
        return {"field": fields[0], "also": fields[-1], **self.statement.parameters}


@dataclasses.dataclass(frozen=True)
class Question:
    """A question: its title, its meaning in sentences, and the ways to ask it, the default first."""

    name: str
    title: str
    meaning: str
    by: Mapping[str, Breakdown]


def share(part: int, whole: int) -> float:
    """Return a part of a whole to four places; 0 where the whole is 0."""
    return round(part / whole, 4) if whole else 0.0
