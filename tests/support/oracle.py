"""Answers of a warehouse beside those of the oracle."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from headcount import fleet
from headcount.questions import Answer, Query, ask
from tests.support.loaded import Fleet
from tests.support.ways import UNTIL, Way


def answers(warehouse: Any, way: Way) -> list[Answer]:
    """Return the answer over each window of a way to ask."""
    where = way.where.text if way.where else None
    return [
        ask(warehouse, Query(way.question, way.by, way.basis, since, until, where), today=UNTIL)
        for since, until in way.windows
    ]


@cache
def of_duckdb(warehouse: Any, way: Way) -> list[Answer]:
    """Return the answers of the warehouse in the process; each way is asked once."""
    return answers(warehouse, way)


def oracle_agrees(loaded: Fleet, way: Way) -> None:
    """Assert that an answer over each window is the oracle's: every row, count, denominator and level."""
    for answer in of_duckdb(loaded.warehouse, way):
        expected = fleet.answer(
            way.question,
            loaded.truths,
            by=way.by,
            basis=way.basis,
            since=answer.since,
            until=answer.until,
            where=way.where.holds if way.where else None,
            asks=way.where.asks if way.where else None,
            dropped=loaded.dropped,
        )
        assert answer.denominator == expected.denominator
        assert sum(answer.levels.values()) == answer.denominator
        assert len(answer.rows) == len(expected.rows)
        for row, other in zip(answer.rows, expected.rows, strict=True):
            assert {key: _near(value) for key, value in other.items()} == row


def _near(value: object) -> object:
    """Counts and words are equal; what is rounded may differ in the last place."""
    return pytest.approx(value, abs=1.01e-4) if isinstance(value, float) else value
