"""What an answer is compared with: its share beside that of each row, how far the two are apart, and of whom it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from headcount.dashboard._filter import BEFORE, Filter
from headcount.questions import Answer, Cell, Chart

DIFFERENCE = "points apart"
"""The column of how far two shares are apart."""

_POINTS = 100  # of a share of all
_THEN, _THERE = "share then", "share there"
_BELOW = "bounds"  # the chart that draws the other below, and tells of it after
_ALONE: frozenset[Chart] = frozenset(
    {"bands", "changes", "coverage", "dumbbells", "floods", "pairs", "quantiles", "shades", "turnover"}
)
"""The charts in which nothing stands beside an answer."""

Row = Mapping[str, Cell | None]


@dataclass(frozen=True)
class Comparison:
    """The ``other`` answer to the same question, of another time or of another condition, as the filter says.

    ``is_listed``: whether the rows are in a table that has its columns.
    """

    answer: Answer
    other: Answer
    filter: Filter
    is_listed: bool = True
    _rows: dict[tuple[Cell | None, ...], Row] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Look the rows of both up by what they are about."""
        if "installations" in self.answer.columns() and (self.answer.over is None or not self._is_before):
            self._rows.update((self._key(row), row) for row in self.other.rows)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it adds to a table of the answer; none where no row of both is about the same."""
        if not self.is_listed or not self._rows:
            return ()
        return (self._name, DIFFERENCE) if any(self._key(row) in self._rows for row in self.answer.rows) else ()

    def texts(self, row: Row) -> tuple[str, str]:
        """Return what stands in the columns for a row of the answer; nothing where the other has no such row."""
        other = self._rows.get(self._key(row))
        now, then = row["share"], None if other is None else other["share"]
        if now is None or then is None:
            return "", ""
        points = (float(now) - float(then)) * _POINTS
        return self.other.cell("share", then), f"{points:+.1f}".replace("-", "\N{MINUS SIGN}")

    def in_words(self, kind: Chart | None) -> str:
        """Return what stands beside the answer, in its chart of a kind and in its figures; nothing where nothing does."""
        if not self.columns and (kind is None or kind in _ALONE):
            return ""
        until = f"up to {self.other.until}" if self._is_before else ""
        whole = "" if self.other.denominator is None else f"{self.other.denominator:,} masters"
        details = ", ".join(filter(None, (until, whole)))
        what = f"{self.filter.beside_in_words}{f' ({details})' if details else ''}"
        figures = f" In the figures that is \N{LEFT DOUBLE QUOTATION MARK}{self._name}\N{RIGHT DOUBLE QUOTATION MARK}."
        said = f"First as it is asked, then {what}." if kind == _BELOW else f"Compared with {what}."
        return f"{said}{figures if self.columns else ''}"

    @property
    def _is_before(self) -> bool:
        return self.filter.with_ in BEFORE

    @property
    def _name(self) -> str:
        return _THEN if self._is_before else _THERE

    def _key(self, row: Row) -> tuple[Cell | None, ...]:
        names = self.answer.columns()
        return tuple(row[name] for name in names[: names.index("installations")] if name in row)
