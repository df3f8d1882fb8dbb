"""The conformance suite: every question, asked every way of DuckDB and of the oracle.

One simulated fleet is loaded the way of all reports into DuckDB. Beside this file each ClickHouse loads the same, and must
answer as DuckDB does.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import cache

import pytest

from headcount import fleet
from headcount.fleet.oracle.answered import answered
from headcount.questions import REGISTRY, alive_since
from tests.support.conformance import duckdb_answers, each, oracle_agrees
from tests.support.contents import table
from tests.support.loaded import Fleet
from tests.support.ways import OVER_FIRST, UNTIL, WAYS, Way

YEAR = timedelta(days=365)


@each([pytest.param(way, marks=pytest.mark.ci) if way.over and way not in OVER_FIRST else way for way in WAYS])
def test_the_answer_is_the_oracles(loaded: Fleet, way: Way) -> None:
    """Recomputed from the truth by code that shares nothing with the SQL."""
    oracle_agrees(loaded, way)


@pytest.mark.parametrize("basis", ["alive", "confirmed", "seen"])
def test_the_levels_are_those_of_the_denominator(loaded: Fleet, basis: str) -> None:
    """Of those who answered the field, or both, how many report at which level."""

    @cache
    def last_states(since: date, until: date) -> list[fleet.Truth]:
        return fleet.last_states(loaded.truths, basis=basis, since=since, until=until, believed=loaded.believed)

    for name, question in REGISTRY.items():
        for by, breakdown in question.by.items():
            if (
                breakdown.scope.denominator == "answered"
                and not breakdown.scope.subject
                and basis in breakdown.scope.bases
            ):
                (answer,) = duckdb_answers(loaded.warehouse, Way(name, by, basis, None, ((None, UNTIL),)))
                states = last_states(answer.since, answer.until)
                fields = breakdown.scope.fields
                levels = Counter(state.level for state in states if all(answered(state, path) for path in fields))
                assert answer.levels == levels, (name, by)


def test_the_fleet_makes_the_suite_mean_something(loaded: Fleet) -> None:
    """Nearly every answer has rows, and each breakdown some way, so that agreement is no agreement on nothing."""
    empty = [
        way
        for way in WAYS
        if not any(
            row["installations"] or row.get("reports")
            for answer in duckdb_answers(loaded.warehouse, way)
            for row in answer.rows
        )
    ]
    never = {way[:2] for way in empty} - {way[:2] for way in WAYS if way not in empty}
    rare = {
        "adoption",
        "candidates",
        "combinations",
        "drop",
        "plugins",
    }  # kinds, or moves, that a fleet of this size lacks
    assert {question for question, _ in never} <= rare, never
    assert len(empty) < len(WAYS) / 10, empty
    paired = {stock: (confirmed, until) for _, stock, confirmed, until in table(loaded.warehouse, "pairs")}
    assert len(paired) > 5
    assert {str(until) < str(confirmed) for confirmed, until in paired.values()} == {
        True,
        False,
    }  # some came back to stock
    secrets = Counter(
        truth.install for truth in {(t.install, t.secret): t for _, t in loaded.truths if t.secret}.values()
    )
    stock = {truth.install for _, truth in loaded.truths if truth.secret is None}
    assert len(stock & secrets.keys()) > len(paired)  # some do not agree with what was there before
    assert max(secrets.values()) > 1
    apart = table(loaded.warehouse, "quarantine")
    assert len({released == date(2100, 1, 1) for *_, released in apart}) == 2  # some of the floods came back alone
    (uncounted,) = duckdb_answers(
        loaded.warehouse, Way("coverage", "uncounted", "seen", None, ((UNTIL - YEAR, UNTIL),))
    )
    assert {str(row["value"]).partition(",")[0] for row in uncounted.rows} == {
        "anonymous", "damaged", "dropped: no report", "dropped: not JSON", "dropped: too large"
    }  # fmt: skip
    (kind,) = (row for row in uncounted.rows if row["value"] == "dropped: not JSON")
    assert int(kind["days"] or 0) > int(kind["reports"] or 0)  # what is sent again on another day counts once


def test_windows_are_as_long_as_they_say() -> None:
    """The suite's own windows are those of the definition: 13 months back, over month ends too."""
    assert alive_since(date(2026, 10, 31)) == date(2025, 10, 1)
    assert alive_since(date(2026, 3, 30)) == date(2025, 3, 1)
    for until in (UNTIL + timedelta(days=n) for n in range(0, 800, 7)):
        assert 392 <= (until - alive_since(until)).days <= 397
        assert alive_since(until) == fleet.alive_since(until)
