"""The expected answer to a question."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Expected:
    """An expected answer: its denominator and its rows, in order.

    In each row, ``share`` is ``installations`` divided by the denominator, to 6 places.
    """

    denominator: int
    rows: list[dict[str, object]]

    @classmethod
    def of(cls, denominator: int, rows: list[dict[str, object]]) -> Expected:
        """Add the shares to rows that have ``installations``."""
        return cls(denominator, [{**row, "share": _share(row["installations"], denominator)} for row in rows])


def _share(installations: object, denominator: int) -> float:
    assert isinstance(installations, int)
    return round(installations / denominator, 6) if denominator else 0.0
