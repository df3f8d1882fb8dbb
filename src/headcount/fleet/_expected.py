"""What an answer must be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Expected:
    """The denominator and the rows, in order; in each row ``share`` is ``installations`` of the denominator, to 6 places."""

    denominator: int
    rows: list[dict[str, object]]

    @classmethod
    def of(cls, denominator: int, rows: list[dict[str, object]]) -> Expected:
        """Add the shares to rows that have ``installations``."""
        return cls(denominator, [{**row, "share": _share(row["installations"], denominator)} for row in rows])


def _share(installations: object, denominator: int) -> float:
    assert isinstance(installations, int)
    return round(installations / denominator, 6) if denominator else 0.0
