"""An answer: rows of counts with the denominator, the window and the freshness that they belong to."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from headcount.questions._estimates import interval
from headcount.questions._public_tables import public_table, with_share
from headcount.questions._question import BASES, Basis, Cell
from headcount.questions._registry import REGISTRY

CAVEAT = "Intervals: 95 %, if those who report were a random sample; they are not."
"""The sentence that stands beside every interval."""

_SHOWN = 40  # rows of a table; `--format json` and `csv` have them all


@dataclass(frozen=True)
class Answer:
    """The answer to a query.

    Days are UTC and inclusive. In each row ``installations`` counts installations and ``share`` is of
    ``denominator``; the registry says what the other columns mean. ``where``: the condition, as it was
    asked; ``levels``: how many of the denominator report at each level; ``data_until``: when the newest
    report came, Unix time, None before the first. ``k``: of a publication, the threshold; a count below
    it is None, and so is its share.
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
            **({"k": self.k} if self.protected else {}),
            "rows": [dict(row) for row in self.rows],
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
        )

    def to_json(self) -> str:
        """Return the answer as one line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False) + "\n"

    def to_csv(self) -> str:
        """Return the rows as CSV (RFC 4180) with a header.

        In place of a count under k, and of its share, stands ``<5``.
        """
        out = io.StringIO()
        writer = csv.DictWriter(out, self.columns())
        writer.writeheader()
        for row in self.rows:
            writer.writerow({name: f"<{self.k}" if value is None else value for name, value in row.items()})
        return out.getvalue()

    def columns(self) -> list[str]:
        """Return the names of the columns: the registry's, or of a publication those that are published."""
        if self.protected:
            return with_share(public_table(self.question, self.by).columns)
        return with_share(column.name for column in REGISTRY[self.question].by[self.by].shown.columns)

    def shares(self) -> frozenset[str]:
        """Return the names of the columns that are shares, from 0 to 1."""
        columns = REGISTRY[self.question].by[self.by].shown.columns
        return frozenset({"share", *(column.name for column in columns if column.is_share)})

    @property
    def has_intervals(self) -> bool:
        """Whether its shares have intervals beside them: no published share has, and some answers have them as columns."""
        return not self.protected and "low" not in self.columns()

    def intervals(self, most: int | None = None) -> list[tuple[float, float]]:
        """Return the 95 % interval of the share of each row, up to ``most`` rows, as `CAVEAT` says."""
        whole = self.denominator or 0
        return [interval(int(row["installations"] or 0), whole) for row in self.rows[:most]]

    def caption(self) -> str:
        """Return in words whom the answer is about, over which window, and how fresh it is."""
        whom = REGISTRY[self.question].by[self.by].scope.of_whom(self.basis, self.where)
        if self.protected and self.basis not in whom:
            whom = f"{self.basis} and {whom}"
        noun = "installation" if self.denominator == 1 else "installations"
        levels = ", ".join(f"{count:,} {level}" for level, count in self.levels.items() if count)
        mix = f" (by level {levels})" if levels else ""
        of = self.cell("installations", self.denominator)
        return (
            f"Share of {of} {noun} {whom}{mix}; {self.since} to {self.until} (UTC); "
            f"data until {self.fresh or 'never: no report came yet'}." + self._protection()
        )

    def _protection(self) -> str:
        if self.k is None:
            return ""
        return f" Protected: every count has noise of at most {self.k}, and one under {self.k} is not said."

    def to_table(self) -> str:
        """Return the answer for a person on a terminal."""
        names = self.columns()
        shown: list[dict[str, Cell | None]] = [dict(row) for row in self.rows[:_SHOWN]]
        if self.has_intervals:
            names.insert(names.index("share") + 1, "interval")
            for row, (low, high) in zip(shown, self.intervals(_SHOWN), strict=True):
                row["interval"] = f"{low:.1%}-{high:.1%}"
        cells = [[self.cell(name, row[name]) for name in names] for row in shown]
        widths = [max(len(text) for text in column) for column in zip(names, *cells, strict=True)]
        texts = [isinstance(shown[0][name], str) and name != "interval" if shown else True for name in names]

        def line(values: list[str]) -> str:
            padded = [
                value.ljust(width) if text else value.rjust(width)
                for value, width, text in zip(values, widths, texts, strict=True)
            ]
            return "  ".join(padded).rstrip()

        lines = [f"{REGISTRY[self.question].title} by {self.by}", line(names), *map(line, cells)]
        if not self.rows:
            lines.append("(nothing)")
        if len(self.rows) > _SHOWN:
            lines.append(f"… and {len(self.rows) - _SHOWN} more: see them all with --format csv")
        lines.append(self.caption())
        if not self.protected:
            lines.append(CAVEAT)
        if self.basis in BASES and self.question != "installs":
            lines.append(f"{self.basis.capitalize()}: {BASES[self.basis]}.")
        return "\n".join(lines) + "\n"

    def cell(self, name: str, value: Cell | None) -> str:
        """Return a value of a column for a person."""
        if value is None:
            return "" if name == "share" else f"fewer than {self.k}"
        if isinstance(value, str):
            return value
        return f"{value:.1%}" if name in self.shares() else f"{value:,}"
