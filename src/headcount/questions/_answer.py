"""An answer: rows of counts with the denominator, the window and the freshness that they belong to."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from headcount.questions._question import BASES, Basis, Cell
from headcount.questions._registry import REGISTRY

_SHOWN = 40  # rows of a table; `--format json` and `csv` have them all


@dataclass(frozen=True)
class Answer:
    """The answer to one question, asked one way.

    Days are UTC and inclusive. In each row ``installations`` counts installations and ``share`` is of ``denominator``;
    the registry says what the other columns mean. ``where``: the condition, as it was asked; ``levels``: how many of the
    denominator report at which level; ``data_until``: when the newest report came, Unix time.
    """

    question: str
    by: str
    basis: Basis
    since: date
    until: date
    denominator: int
    data_until: int | None
    rows: tuple[Mapping[str, Cell], ...]
    where: str | None = None
    levels: Mapping[str, int] = field(default_factory=dict)

    @property
    def fresh(self) -> str | None:
        """``data_until`` in ISO 8601."""
        if self.data_until is None:
            return None
        return datetime.fromtimestamp(self.data_until, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def to_dict(self) -> dict[str, object]:
        """The answer as the API gives it."""
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
            "protected": False,
            "rows": [dict(row) for row in self.rows],
        }

    @classmethod
    def from_dict(cls, answer: Mapping[str, Any]) -> Answer:
        """The inverse of `to_dict`, for an answer that a server gave."""
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
        )

    def to_json(self) -> str:
        """The answer as one line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False) + "\n"

    def to_csv(self) -> str:
        """The rows as CSV (RFC 4180), the names of the columns first."""
        out = io.StringIO()
        writer = csv.DictWriter(out, self.columns())
        writer.writeheader()
        writer.writerows(self.rows)
        return out.getvalue()

    def columns(self) -> list[str]:
        """The names of the columns: the registry's, and ``share`` after ``installations``."""
        names = []
        for column in REGISTRY[self.question].by[self.by].columns:
            names.append(column.name)
            if column.name == "installations":
                names.append("share")
        return names

    def caption(self) -> str:
        """Of whom, of when and how fresh, in words."""
        breakdown = REGISTRY[self.question].by[self.by]
        if self.question == "installs":
            whom = "ever seen" if self.basis == "alive" else "seen in the window"
        else:
            whom = f"{self.basis} that answered {breakdown.field}"
        noun = "installation" if self.denominator == 1 else "installations"
        matching = f" and match {self.where}" if self.where else ""
        levels = ", ".join(f"{count:,} {level}" for level, count in self.levels.items() if count)
        mix = f" (by level {levels})" if levels else ""
        return (
            f"Share of {self.denominator:,} {noun} {whom}{matching}{mix}; {self.since} to {self.until} (UTC); "
            f"data until {self.fresh or 'never: no report came yet'}."
        )

    def to_table(self) -> str:
        """The answer for a person, on a terminal."""
        names = self.columns()
        cells = [[_cell(name, row[name]) for name in names] for row in self.rows[:_SHOWN]]
        widths = [max(len(text) for text in column) for column in zip(names, *cells, strict=True)]
        texts = [isinstance(self.rows[0][name], str) if self.rows else True for name in names]

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
        if self.basis in BASES and self.question != "installs":
            lines.append(f"{self.basis.capitalize()}: {BASES[self.basis]}.")
        return "\n".join(lines) + "\n"


def _cell(name: str, value: Cell) -> str:
    if name == "share":
        return f"{value:.1%}"
    return value if isinstance(value, str) else f"{value:,}"
