"""What the record of a decision says of the users of something, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from headcount.dashboard._filter import BEFORE
from headcount.dashboard._panel import Asker, is_of_few
from headcount.dashboard._words import ago, count, percent
from headcount.questions import Answer, Cell, Query, listed

_SMALL = 0.001  # what is less is not told in figures: nobody reads them

Row = Mapping[str, Cell | None]


class Count(NamedTuple):
    """How many use something, of how many, and their share from 0 to 1 with its interval; None of few, and of nobody."""

    users: int
    asked: int
    share: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class Usage:
    """The answer of `drop` by `summary`: how many use what its condition names, and who they are."""

    answer: Answer

    @property
    def users(self) -> int:
        """Of how many installations the condition is true."""
        return number(self._row, "installations")

    @property
    def asked(self) -> int:
        """How many answered all that the condition asks; the share is of those."""
        return self.answer.denominator or 0

    @property
    def is_of_few(self) -> bool:
        """Whether so few answered that their share says nothing."""
        return is_of_few(self.answer)

    @property
    def share(self) -> str:
        """Their share in percent, with its interval; empty of few."""
        now = self.now
        return f"{percent(now.share)} ({in_words(now.interval)})" if now.share is not None and now.interval else ""

    @property
    def now(self) -> Count:
        """How many use it at the end of the window."""
        value, low, high = (self._row.get(name) for name in ("share", "low", "high"))
        if self.is_of_few or value is None or low is None or high is None:
            return Count(self.users, self.asked, None, None)
        return Count(self.users, self.asked, float(value), (float(low), float(high)))

    @property
    def of_how_many(self) -> str:
        """Of how many they are, with their share unless these are few."""
        return f"{self.share} of the {self.asked:,} that answer this" if self.share else f"of {self.asked:,}"

    @property
    def newest_series(self) -> list[str]:
        """The newest two series of Buildbot."""
        return [name for name in str(self._row.get("newest_series") or "").split(", ") if name]

    @property
    def on_newest(self) -> int:
        """How many of the users run one of those."""
        return number(self._row, "on_newest_series")

    @property
    def last_seen(self) -> str:
        """How long ago the last of them was seen, in words."""
        day = str(self._row.get("last_seen") or "never")
        return "never" if day == "never" else ago(date.fromisoformat(day), self.answer.until)

    @property
    def year(self) -> Row | None:
        """What became of the same masters in the year up to the end of the last quarter; None where no year is held."""
        rows = self.table("year")
        return rows[0] if rows else None

    @property
    def change(self) -> str:
        """Whether it is more or fewer of the same masters in that year, in words; empty where that is not known."""
        if self.year is None or self.is_of_few or not (self.users or number(self.year, "installations")):
            return ""
        return {"fewer": "Clearly fewer.", "more": "Clearly more."}.get(str(self.year["change"]), "No clear change.")

    @property
    def change_by_days(self) -> str:
        """The same, with the days from which and to which it is."""
        if self.year is None or not self.change:
            return ""
        of = "" if self.year["change"] == "no clear change" else " of the same masters"
        return f"{self.change.rstrip('.')}{of} from {self.year['before']} to {self.year['quarter']}."

    @property
    def chance(self) -> str:
        """What the exact test for pairs says of that change; empty where nothing was tested."""
        p = None if self.year is None else self.year["p"]
        if not isinstance(p, float):
            return ""
        return "p < 0.001" if p < _SMALL else f"p = {p:.3f}".rstrip("0").rstrip(".")

    def table(self, name: str) -> Sequence[Row]:
        """Return the rows of a table of the record."""
        return self.answer.tables[name].rows if name in self.answer.tables else ()

    def alone(self, name: str) -> Answer:
        """Return a table of the record as the answer of `drop` by its name is."""
        table = self.answer.tables[name]
        whole = self.answer.denominator if table.denominator is None else table.denominator
        levels = self.answer.levels if table.denominator is None else {}
        return replace(self.answer, by=name, rows=tuple(table.rows), denominator=whole, levels=levels, tables={})

    def value(self, name: str) -> Cell | None:
        """Return a cell of the record's one row; None where there is none."""
        return self._row.get(name)

    def how_many(self) -> str:
        """Say how many use it, of how many."""
        basis = self.answer.basis
        if not self.asked:
            return f"Nobody is known: no {basis} master said what this asks."
        of = f"the {self.asked:,} that answer this"
        if not self.users:
            return f"None of {of} uses it."
        use = "use it" if self.users > 1 else "uses it"
        if self.is_of_few:
            return f"{self.users:,} of {self.asked:,} {basis} masters {use}: too few for a share."
        return f"{count(self.users, f'{basis} master')} {use}; of {of} {self.share}."

    def on_which(self) -> str:
        """Say how many of them run what is new; empty without users."""
        if not self.users:
            return ""
        release, running = self.value("newest_release"), number(self._row, "on_newest_release")
        if running:
            return f"{running:,} of them {'run' if running > 1 else 'runs'} {release}, the newest release."
        two = listed(self.newest_series, "or")
        return f"None of them runs {release}, the newest release; {self.on_newest:,} of them run {two}."

    @property
    def _row(self) -> Row:
        return self.answer.rows[0] if self.answer.rows else {}


def a_year_before(ask: Asker, query: Query, usage: Usage) -> Usage | None:
    """Return the usage of the day a year before that of the answer to a query; None where no report is held of it."""
    held, day = usage.answer.held_since, usage.answer.until - timedelta(days=BEFORE["1y"][0])
    return None if held is None or held > day else Usage(ask(replace(query, until=day)))


def number(row: Row, name: str) -> int:
    """Return a count of a row; 0 where it is none."""
    value = row.get(name)
    return int(value) if isinstance(value, int | float) else 0


def in_words(ends_of_share: tuple[float, float]) -> str:
    """Return an interval of shares, from 0 to 1, in percent."""
    ends = [f"{end * 100:.1f}" for end in ends_of_share]
    return f"{ends[0]}\N{EN DASH}{ends[1]}%"
