"""An answer: rows of counts with the denominator, the window and the freshness that they belong to."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from itertools import chain
from typing import Any

from headcount.questions._caption import apart, protection, unanswered, unknown
from headcount.questions._estimates import interval
from headcount.questions._public_tables import public_table, with_share
from headcount.questions._question import BASES, Basis, Breakdown, Cell, Column, Grain, Table
from headcount.questions._registry import REGISTRY

CAVEAT = "Intervals: 95%, if those who report were a random sample; they are not."
"""The sentence that stands beside every interval."""

_SHOWN = 40  # rows of a table; `--format json` and `csv` have them all


@dataclass(frozen=True)
class Answer:
    """The answer to a query.

    Days are UTC and inclusive. In each row ``installations`` counts installations and ``share`` is of
    ``denominator``, and None of nobody; the registry says what the other columns mean. ``where``: the condition, as it was
    asked; ``levels``: how many of the denominator report at each level; ``data_until``: when the newest
    report came, Unix time, None before the first. ``k``: of a publication, the threshold; a count below
    it is None, and so is its share. ``over``: the periods at whose ends it was asked; ``compared``: what it is compared
    with; ``least`` and ``most``: the share of the basis for which the condition holds, if it were false, and true, of
    those for whom it is not known; ``tested``: how many hypotheses were tested; ``held_since``: the first day of which
    reports are held; ``set_apart``: how many installations a flood set apart, which are left out; ``tables``: those
    beside the rows, by name; ``grain``: whether a row about a version is of a series or of a
    release. Each of those is None, or empty, where it does not apply.
    """

    question: str
    by: str
    basis: Basis
    since: date
    until: date
    denominator: int | None
    data_until: int | None
    rows: tuple[Mapping[str, Cell | None], ...]
    where: str | None = None
    levels: Mapping[str, int] = field(default_factory=dict)
    k: int | None = None
    over: str | None = None
    compared: str | None = None
    least: float | None = None
    most: float | None = None
    tested: int | None = None
    held_since: date | None = None
    set_apart: int | None = None
    tables: Mapping[str, Table] = field(default_factory=dict)
    grain: Grain | None = None

    @property
    def breakdown(self) -> Breakdown:
        """The way to ask, of the registry."""
        breakdown = REGISTRY[self.question].by[self.by]
        return breakdown.over if self.over and breakdown.over else breakdown

    @property
    def protected(self) -> bool:
        """Whether anybody may see it."""
        return self.k is not None

    @property
    def fresh(self) -> str | None:
        """``data_until`` in ISO 8601."""
        if self.data_until is None:
            return None
        return datetime.fromtimestamp(self.data_until, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def to_dict(self) -> dict[str, object]:
        """Return the answer as the API gives it."""
        return {
            "question": self.question,
            "by": self.by,
            "basis": self.basis,
            "where": self.where,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "denominator": self.denominator,
            "levels": dict(self.levels),
            "data_until": self.fresh,
            "protected": self.protected,
            **{name: value for name, value in self._applying().items() if value is not None},
            "rows": [dict(row) for row in self.rows],
            **({"tables": {name: self._table(name) for name in self.tables}} if self.tables else {}),
        }

    def _applying(self) -> dict[str, str | int | float | None]:
        """Return what stands beside the rows where it applies."""
        return {
            "k": self.k,
            "over": self.over,
            "with": self.compared,
            "grain": self.grain,
            "least": self.least,
            "most": self.most,
            "tested": self.tested,
            "held_since": None if self.held_since is None else self.held_since.isoformat(),
            "set_apart": self.set_apart,
        }

    def _table(self, name: str) -> dict[str, object]:
        table = self.tables[name]
        return {
            "columns": self.table_columns(name),
            "rows": [dict(row) for row in table.rows],
            "denominator": table.denominator,
        }

    @classmethod
    def from_dict(cls, answer: Mapping[str, Any]) -> Answer:
        """Return the answer that `to_dict` wrote."""
        data_until = answer["data_until"]
        return cls(
            answer["question"],
            answer["by"],
            answer["basis"],
            date.fromisoformat(answer["since"]),
            date.fromisoformat(answer["until"]),
            answer["denominator"],
            None if data_until is None else int(datetime.fromisoformat(data_until).timestamp()),
            tuple(answer["rows"]),
            answer["where"],
            answer["levels"],
            answer.get("k"),
            answer.get("over"),
            answer.get("with"),
            answer.get("least"),
            answer.get("most"),
            answer.get("tested"),
            None if answer.get("held_since") is None else date.fromisoformat(answer["held_since"]),
            answer.get("set_apart"),
            {
                name: Table(tuple(table["rows"]), table["denominator"])
                for name, table in answer.get("tables", {}).items()
            },
            answer.get("grain"),
        )

    def to_json(self) -> str:
        """Return the answer as one line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False) + "\n"

    def to_csv(self) -> str:
        """Return the rows as CSV (RFC 4180) with a header.

        In place of a count under k, and of its share, stands ``<5``; a share of nobody is empty.
        """
        hidden = "" if self.k is None else f"<{self.k}"
        out = io.StringIO()
        writer = csv.DictWriter(out, self.columns())
        writer.writeheader()
        for row in self.rows:
            writer.writerow({name: hidden if value is None else value for name, value in row.items()})
        return out.getvalue()

    def columns(self) -> list[str]:
        """Return the names of the columns: the registry's, or of a publication those that are published."""
        if self.protected:
            return with_share(public_table(self.question, self.by).columns)
        return with_share(column.name for column in self.breakdown.shown.columns)

    def table_columns(self, name: str) -> list[str]:
        """Return the names of the columns of a table beside the rows."""
        return with_share(column.name for column in self.breakdown.tables[name])

    def table_cell(self, name: str, column: str, value: Cell | None) -> str:
        """Return a value of a column of a table beside the rows, for a person."""
        return self._shown(value, is_share=column in _shares(self.breakdown.tables[name]))

    def shares(self) -> frozenset[str]:
        """Return the names of the columns that are shares, from 0 to 1."""
        return _shares(self.breakdown.shown.columns)

    @property
    def has_intervals(self) -> bool:
        """Whether intervals stand beside its shares, which must be shares of a sample.

        No published share has one, and some answers have them as columns.
        """
        sampled = self.breakdown.shown.sample and bool(self.denominator) and not self.protected
        return sampled and "low" not in self.columns()

    @property
    def needs_caveat(self) -> bool:
        """Whether `CAVEAT` must stand beside it: it has intervals, in columns of their own or beside its shares."""
        return self.has_intervals or (not self.protected and "low" in self.columns())

    def intervals(self, most: int | None = None) -> list[tuple[float, float]]:
        """Return the 95% interval of the share of each row, up to ``most`` rows, as `CAVEAT` says."""
        whole = self.denominator or 0
        return [interval(int(row["installations"] or 0), whole) for row in self.rows[:most]]

    def caption(self) -> str:
        """Return in words whom the answer is about, over which window, how fresh it is, and what it does not know."""
        scope = self.breakdown.scope
        sentences = (
            (self._about(scope.of_whom(self.basis, self.where)),),
            unknown(self.since, self.held_since, nobody=self.denominator == 0),
            unanswered(self.least, self.most, self.basis, is_subject=scope.subject == "everyone"),
            apart(self.set_apart, self.basis),
            protection(self.k),
        )
        return " ".join(chain.from_iterable(sentences))

    def _about(self, whom: str) -> str:
        if self.protected and self.basis not in whom:
            whom = f"{self.basis} and {whom}"
        window = f"{self.since} to {self.until} (UTC); data until {self.fresh or 'never: no report came yet'}"
        if self.denominator == 0:
            return f"Not known: there are no installations {whom}; {window}."
        noun = "installation" if self.denominator == 1 else "installations"
        levels = ", ".join(f"{count:,} {level}" for level, count in self.levels.items() if count)
        mix = f" (by level {levels})" if levels else ""
        shares = "Share of" if self.over is None else f"At the end of each {self.over}; at the last, share of"
        return f"{shares} {self.cell('installations', self.denominator)} {noun} {whom}{mix}; {window}."

    def to_table(self) -> str:
        """Return the answer for a person on a terminal."""
        names = self.columns()
        listed = self.rows[:_SHOWN] if self.over is None else self.rows[-_SHOWN:]
        shown: list[dict[str, Cell | None]] = [dict(row) for row in listed]
        if self.has_intervals:
            names.insert(names.index("share") + 1, "interval")
            for row, (low, high) in zip(shown, self.intervals(_SHOWN), strict=True):
                row["interval"] = f"{low:.1%}-{high:.1%}"
        lines = [f"{REGISTRY[self.question].title} by {self.by}", *_aligned(names, shown, self.cell)]
        if not self.rows:
            lines.append("(nothing)")
        if len(self.rows) > _SHOWN:
            which = "more" if self.over is None else "of before"
            lines.append(f"… and {len(self.rows) - _SHOWN} {which}: see them all with --format csv")
        for name, table in self.tables.items():
            lines += self._table_lines(name, table)
        lines.append(self.caption())
        if self.needs_caveat:
            lines.append(CAVEAT)
        if self.basis in BASES and self.question != "installs":
            lines.append(f"{self.basis.capitalize()}: {BASES[self.basis]}.")
        return "\n".join(lines) + "\n"

    def _table_lines(self, name: str, table: Table) -> list[str]:
        """Return a table beside the rows for a person on a terminal."""
        rows = table.rows[:_SHOWN]
        of = "" if table.denominator is None else f" (of {table.denominator:,})"
        more = [f"… and {len(table.rows) - _SHOWN} more"] if len(table.rows) > _SHOWN else []
        lines = _aligned(self.table_columns(name), rows, partial(self.table_cell, name)) if rows else ["(nothing)"]
        return ["", f"{name}{of}", *lines, *more, ""]

    def cell(self, name: str, value: Cell | None) -> str:
        """Return a value of a column for a person."""
        if value is None and name in self.shares():
            return "" if self.protected else "not known"
        return self._shown(value, is_share=name in self.shares())

    def _shown(self, value: Cell | None, *, is_share: bool) -> str:
        if value is None:
            return f"fewer than {self.k}"
        if isinstance(value, str):
            return value
        return f"{value:.1%}" if is_share else f"{value:,}"


def _shares(columns: Iterable[Column]) -> frozenset[str]:
    return frozenset({"share", *(column.name for column in columns if column.is_share)})


def _aligned(
    names: list[str], rows: Sequence[Mapping[str, Cell | None]], cell: Callable[[str, Cell | None], str]
) -> list[str]:
    """Return a header and rows as lines of aligned columns; texts stand to the left, numbers to the right."""
    cells = [[cell(name, row[name]) for name in names] for row in rows]
    widths = [max(len(text) for text in column) for column in zip(names, *cells, strict=True)]
    texts = [isinstance(rows[0][name], str) and name != "interval" if rows else True for name in names]

    def line(values: list[str]) -> str:
        padded = [
            value.ljust(width) if text else value.rjust(width)
            for value, width, text in zip(values, widths, texts, strict=True)
        ]
        return "  ".join(padded).rstrip()

    return [line(names), *map(line, cells)]
