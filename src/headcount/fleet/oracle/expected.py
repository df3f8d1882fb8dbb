"""The expected answer to a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class ExpectedTable:
    """A table beside the rows: what its shares are of, None where each row has its own, and its rows, in order."""

    denominator: int | None
    rows: list[dict[str, object]]


@dataclass(frozen=True)
class Expected:
    """An expected answer: its denominator, its rows, in order, the tables beside them, and how many hypotheses were tested.

    In each row, ``share`` is ``installations`` divided by the denominator, to 6 places; a share of nobody is None.
    """

    denominator: int
    rows: list[dict[str, object]]
    tables: Mapping[str, ExpectedTable] = field(default_factory=dict)
    tested: int | None = None

    @classmethod
    def of(cls, denominator: int, rows: list[dict[str, object]]) -> Expected:
        """Add the shares to rows that have ``installations``."""
        of = denominator or None
        return cls(denominator, [{**row, "share": of and ratio(row["installations"], of)} for row in rows])

    def alone(self, name: str) -> Expected:
        """Return a table beside the rows as an answer of its own."""
        table = self.tables[name]
        return Expected(table.denominator or self.denominator, table.rows, tested=self.tested)

    def beside(self, tables: Mapping[str, ExpectedTable], tested: int | None = None) -> Expected:
        """Return the answer with tables beside its rows."""
        return replace(self, tables=tables, tested=tested)


def table_of(denominator: int, rows: Iterable[dict[str, object]]) -> ExpectedTable:
    """Return a table whose shares are of one denominator, and add them to the rows, which have ``installations``."""
    return ExpectedTable(denominator, [{**row, "share": ratio(row["installations"], denominator)} for row in rows])


def ratio(part: object, whole: int) -> float:
    """Return a part of a whole, to 6 places; 0 where the whole is 0."""
    assert isinstance(part, int)
    return round(part / whole, 6) if whole else 0.0
